// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/MainWindow.h"

#include "shared/base/StatusHelpers.h"
#include "ui/components/SaveFile.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/EnvironmentLook.h"
#include "ui/shell/InspectorPane.h"
#include "ui/shell/NavRail.h"
#include "ui/shell/PageHeader.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/RangeSheet.h"
#include "ui/shell/ScreenFit.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/StatusStrip.h"
#include "ui/shell/ToastStack.h"

#include <QBuffer>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QPainter>
#include <QStackedLayout>
#include <QUrl>

#include <utility>

namespace pilothouse::ui {

namespace {

constexpr int kFrame = 2;
constexpr int kNarrowWidth = 1200;
constexpr QSize kDefaultSize{1440, 900};
constexpr QSize kSmallestSize{1024, 700};
constexpr QSize kTornOffSize{1100, 640};
constexpr QSize kSmallestTornOff{640, 420};
const auto kGeometry = QStringLiteral("window");
const auto kNarrowKey = QStringLiteral("navigation-collapsed");

} // namespace

MainWindow::MainWindow(const ShellContext& context, QWidget* parent)
    : QWidget(parent, Qt::Window),
      m_context(context),
      m_commands(new CommandRegistry(context.settings, *this)),
      m_time(new TimeWindow(context.clock, this)),
      m_band(new EnvBand(context.theme, context.settings, context.clock, this)),
      m_nav(new NavRail(context.theme, context.pages, this)),
      m_header(new PageHeader(
          context.theme, *m_time, context.settings, context.clock, *m_commands, this)),
      m_pages(new PageHost(context.pages, *m_commands, this)),
      m_inspector(new InspectorPane(context.theme, this)),
      m_strip(new StatusStrip(context.theme, context.settings, context.clock, this)),
      m_content(new QWidget(this)),
      m_work(new QWidget(m_content)),
      m_palette(new CommandPalette(context.theme, *m_commands, *m_time, context.settings, *this)),
      m_sheets(new SheetHost(context.theme, *m_content)),
      m_toasts(new ToastStack(context.theme, *m_content))
{
    resize(kDefaultSize);
    buildLayout();
    wire();
    addWindowCommands(*this);
    m_commands->setIcons([this](const QString& name) { return m_context.theme.icon(name); });
    m_wantsNarrow = !context.settings.layout(kNarrowKey).isEmpty();
    restoreGeometry(context.settings.layout(kGeometry));
    fitToScreen(*this, kSmallestSize);
    refreshNavigation();
    refreshTitle();
}

MainWindow::~MainWindow()
{
    // Pages reach the session, so they go first.
    m_inspector->setDetails(nullptr);
    m_pages->disconnect(this);
    m_pages->setContext(std::nullopt);
    m_band->setSession(nullptr);
    // What follows the session (lock, jobs) lets go of it while it is still there.
    const std::shared_ptr<Session> leaving = std::exchange(m_session, nullptr);
    Q_EMIT sessionChanged();
}

void MainWindow::buildLayout()
{
    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_header);
    auto* body = new QHBoxLayout;
    body->setSpacing(0);
    body->addWidget(m_pages, 1);
    body->addWidget(m_inspector);
    m_body = body;
    m_pages->installEventFilter(this);
    right->addLayout(body, 1);
    auto* work = new QHBoxLayout(m_work);
    work->setContentsMargins(0, 0, 0, 0);
    work->setSpacing(0);
    work->addWidget(m_nav);
    work->addLayout(right, 1);
    m_stack = new QStackedLayout(m_content);
    m_stack->addWidget(m_work);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kFrame, 0, kFrame, kFrame);
    layout->setSpacing(0);
    layout->addWidget(m_band);
    layout->addWidget(m_content, 1);
    layout->addWidget(m_strip);
    m_content->setAutoFillBackground(true);
    m_content->setBackgroundRole(QPalette::Window);
    setTabOrder(m_band, m_nav);
    setTabOrder(m_nav, m_header);
    setTabOrder(m_header, m_pages);
    m_work->setEnabled(false);
}

void MainWindow::wire()
{
    connect(m_band, &EnvBand::connectionsRequested, this, &MainWindow::connectionsRequested);
    connect(m_band, &EnvBand::actionRequested, this, &MainWindow::connectionActionRequested);
    connect(m_band, &EnvBand::environmentChanged, this, &MainWindow::refreshTitle);
    connect(m_nav, &NavRail::pageChosen, this, [this](const QString& id) {
        m_commands->run(command::openPage(id));
    });
    connect(m_header, &PageHeader::absoluteRangeRequested, this, [this] {
        m_sheets->open(new RangeSheet(m_context.theme, *m_time, m_context.settings.timeDisplay()));
    });
    connect(m_pages, &PageHost::pageChanged, this, &MainWindow::onPageChanged);
    connect(m_pages, &PageHost::subtitleChanged, m_header, &PageHeader::setSubtitle);
    connect(m_pages, &PageHost::badgeChanged, m_nav, &NavRail::setBadge);
    connect(m_pages, &PageHost::liveDataChanged, m_strip, &StatusStrip::setLiveData);
    connect(m_pages, &PageHost::inspectorChanged, this, &MainWindow::onInspectorChanged);
    connect(
        m_commands,
        &CommandRegistry::refused,
        this,
        [this](const QString& title, const QString& why) {
            setNotice(QStringLiteral("%1: %2").arg(title, why));
        });
    connect(m_sheets, &SheetHost::openChanged, this, [this](bool isOpen) {
        m_commands->setBlocked(isOpen ? tr("Close the sheet first") : QString());
        m_toasts->raise();
    });
    connect(m_pages, &PageHost::toastRequested, m_toasts, &ToastStack::post);
    connect(m_pages, &PageHost::sheetRequested, m_sheets, &SheetHost::open);
    connect(m_toasts, &ToastStack::changed, m_commands, &CommandRegistry::refresh);
    connect(&m_context.theme, &Theme::changed, this, [this] {
        m_commands->refresh();
        update();
    });
}

void MainWindow::setTornOff()
{
    m_isTornOff = true;
    m_nav->hide();
    setWindowState(Qt::WindowNoState);
    resize(kTornOffSize);
    fitToScreen(*this, kSmallestTornOff);
}

void MainWindow::setSession(std::shared_ptr<Session> session)
{
    if (m_session) {
        m_session->disconnect(this);
        // What is asked there is asked of the session that goes.
        m_sheets->close();
    }
    m_inspector->setDetails(nullptr);
    m_pages->setContext(std::nullopt);
    m_band->setSession(session.get());
    // Kept until those who follow the session have let go of it.
    const std::shared_ptr<Session> leaving = std::exchange(m_session, std::move(session));
    m_work->setEnabled(m_session != nullptr);
    if (!m_session) {
        m_commands->setPermissionCheck({});
        Q_EMIT sessionChanged();
        refreshTitle();
        return;
    }
    connect(m_session.get(), &Session::stateChanged, m_commands, &CommandRegistry::refresh);
    connect(m_session.get(), &Session::permissionsChanged, m_commands, &CommandRegistry::refresh);
    m_pages->setContext(PageContext{
        *m_session,
        *m_time,
        m_context.settings,
        m_context.theme,
        m_context.clock,
        m_commands,
        m_isTornOff,
        &m_context.pages});
    m_commands->setPermissionCheck(
        [session = m_session.get()](const QString& permission) {
            return session->mayUse(permission);
        },
        [session = m_session.get()](const QString& permission) {
            return session->forbiddenReason(permission);
        });
    Q_EMIT sessionChanged();
    followOpenLink();
    refreshTitle();
}

void MainWindow::setOpening(
    const std::optional<ConnectionProfile>& profile, const QString& progress)
{
    m_band->setOpening(profile, progress);
}

void MainWindow::followOpenLink()
{
    const DeepLink link = m_pendingLink.value_or(DeepLink());
    m_pendingLink.reset();
    if (link.time) {
        m_time->setRange(*link.time);
    }
    if (!link.page.isEmpty() && m_pages->open(link.page, link.object)) {
        if (!link.filter.isEmpty()) {
            m_pages->page()->setFilter(link.filter);
        }
        return;
    }
    if (!link.page.isEmpty()) {
        setNotice(tr("This console has no page called %1").arg(link.page));
    }
    if (m_pages->page() == nullptr && !m_context.pages.pages().empty()) {
        m_pages->open(m_context.pages.pages().front().id);
    }
}

void MainWindow::openLink(const DeepLink& link)
{
    m_pendingLink = link;
    if (m_session) {
        followOpenLink();
    }
}

std::optional<DeepLink> MainWindow::currentLink() const
{
    if (!m_session || m_pages->page() == nullptr) {
        return std::nullopt;
    }
    return DeepLink{
        m_session->profile().name,
        m_pages->spec()->id,
        m_pages->page()->object(),
        m_pages->page()->usesTimeRange() ? std::optional(m_time->range()) : std::nullopt,
        m_pages->page()->filter()};
}

std::optional<DeepLink> MainWindow::tornOffLink() const
{
    std::optional<DeepLink> link = currentLink();
    if (link) {
        link->object = m_pages->page()->tornOffObject();
    }
    return link;
}

void MainWindow::showScreen(QWidget* screen)
{
    if (m_screen == screen) {
        return;
    }
    if (m_screen) {
        m_stack->removeWidget(m_screen);
        m_screen->deleteLater();
    }
    m_screen = screen;
    if (screen != nullptr) {
        m_stack->addWidget(screen);
        m_stack->setCurrentWidget(screen);
        screen->setFocus(Qt::OtherFocusReason);
    } else {
        m_stack->setCurrentWidget(m_work);
        focusRegion(Region::Body);
    }
    m_sheets->raise();
    m_toasts->raise();
    refreshTitle();
}

void MainWindow::onPageChanged()
{
    const PageSpec* spec = m_pages->spec();
    m_nav->setCurrent(spec != nullptr ? spec->id : QString());
    m_header->setTitle(spec != nullptr ? spec->title : QString());
    m_header->setChangesShown(showsChanges());
    m_header->setTimeRangeShown(spec != nullptr && m_pages->page()->usesTimeRange());
    if (spec == nullptr) {
        m_inspector->setDetails(nullptr);
        m_header->setSubtitle(QString());
        m_strip->setLiveData(-1, 0, 0);
    } else if (isActiveWindow() && !m_palette->isVisible() && m_sheets->sheet() == nullptr) {
        focusRegion(Region::Body);
    }
    refreshTitle();
}

bool MainWindow::showsChanges() const
{
    const Page* page = m_pages->page();
    return page != nullptr && !m_isTornOff && !page->auditTarget().isEmpty() &&
           m_commands->find(command::kChanges) != nullptr;
}

void MainWindow::setNavigationCollapsed(bool collapsed)
{
    m_wantsNarrow = collapsed;
    m_context.settings.setLayout(kNarrowKey, collapsed ? QByteArray("1") : QByteArray());
    refreshNavigation();
}

bool MainWindow::isNavigationCollapsed() const
{
    return m_nav->isCollapsed();
}

void MainWindow::refreshNavigation()
{
    m_nav->setCollapsed(m_wantsNarrow || width() < m_context.theme.px(kNarrowWidth));
}

void MainWindow::setFullScreen(bool fullScreen)
{
    setWindowState(windowState().setFlag(Qt::WindowFullScreen, fullScreen));
}

void MainWindow::setNotice(const QString& text)
{
    m_strip->setNotice(text);
}

void MainWindow::setBadge(const QString& pageId, int count)
{
    m_nav->setBadge(pageId, count);
}

void MainWindow::savePicture()
{
    SaveRequest request;
    request.title = tr("Save a picture of this page");
    request.suggested = QStringLiteral("pilothouse-%1.png").arg(m_pages->spec()->id);
    request.kinds = {tr("PNG picture (*.png)")};
    // Taken now: the dialog must not be waited for, and what was seen is what is saved.
    request.content = [image = m_pages->grab().toImage()](const QString&) {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        image.save(&buffer, "PNG");
        return bytes;
    };
    request.done = [this](const QString& file, const absl::Status& status) {
        ToastMessage told;
        told.severity = status.ok() ? Severity::Ok : Severity::Error;
        told.text =
            status.ok() ? tr("The picture is saved") : QString::fromStdString(describe(status));
        told.detail = status.ok() ? file : QString();
        if (status.ok()) {
            told.actionText = tr("Open");
            told.action = [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); };
        }
        m_toasts->post(told);
    };
    saveAs(this, std::move(request));
}

void MainWindow::refreshTitle()
{
    QStringList parts;
    if (!m_band->titleText().isEmpty()) {
        parts << m_band->titleText();
    }
    if (!m_screen && m_pages->spec() != nullptr) {
        parts << m_pages->spec()->title;
    }
    parts << QStringLiteral("Pilothouse");
    setWindowTitle(parts.join(QStringLiteral(" — ")));
    update();
}

void MainWindow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Color frame =
        m_band->hasEnvironment() ? lookOf(m_band->environment()).fill : Color::Sunken;
    painter.fillRect(rect(), m_context.theme.color(frame));
}

void MainWindow::showEvent(QShowEvent* event)
{
    // Only now is it known what a window manager puts around it.
    fitToScreen(*this, m_isTornOff ? kSmallestTornOff : kSmallestSize);
    QWidget::showEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    refreshNavigation();
    arrangeInspector();
    QWidget::resizeEvent(event);
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && leaveInspector()) {
        return;
    }
    if (!m_commands->handlePlainKey(*event)) {
        QWidget::keyPressEvent(event);
    }
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!m_isTornOff) {
        m_context.settings.setLayout(kGeometry, saveGeometry());
    }
    m_pages->saveLayouts();
    event->accept();
    Q_EMIT closed();
}

} // namespace pilothouse::ui
