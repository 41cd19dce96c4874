// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/PageHost.h"

#include "ui/shell/Sheet.h"

#include <utility>

namespace pilothouse::ui {

PageHost::PageHost(const PageRegistry& pages, CommandRegistry& commands, QWidget* parent)
    : QStackedWidget(parent), m_registry(pages), m_commands(commands)
{}

PageHost::~PageHost()
{
    // The command table outlives the pages only until the window is gone; nobody hears of this.
    blockSignals(true);
}

void PageHost::setContext(std::optional<PageContext> context)
{
    saveLayouts();
    clear();
    if (context) {
        m_context.emplace(*context);
    } else {
        m_context.reset();
    }
}

void PageHost::clear()
{
    m_page = nullptr;
    m_spec = nullptr;
    const auto pages = std::exchange(m_pages, {});
    for (auto page = pages.begin(); page != pages.end(); ++page) {
        m_commands.removeScope(page.key());
        removeWidget(page.value());
        delete page.value();
    }
    m_subtitles.clear();
    m_live.clear();
    m_details.clear();
    m_history.clear();
    m_place = 0;
    Q_EMIT pageChanged();
}

bool PageHost::open(const QString& pageId, const QString& object)
{
    const PagePlace place{pageId, object};
    if (!show(place)) {
        return false;
    }
    remember(place);
    return true;
}

bool PageHost::show(const PagePlace& place)
{
    const PageSpec* spec = m_registry.find(place.page);
    if (spec == nullptr || !m_context) {
        return false;
    }
    Page* page = m_pages.value(place.page);
    if (page == nullptr) {
        page = make(*spec);
    }
    if (page != m_page) {
        if (m_page != nullptr) {
            m_page->setShown(false);
        }
        m_page = page;
        m_spec = spec;
        setCurrentWidget(page);
        m_commands.setScope(place.page);
        page->setShown(true);
        Q_EMIT pageChanged();
        Q_EMIT subtitleChanged(m_subtitles.value(place.page));
        const Live live = m_live.value(place.page);
        Q_EMIT liveDataChanged(live.series, live.perSecond, live.dropped);
        Q_EMIT inspectorChanged(m_details.value(place.page));
    }
    if (!place.object.isEmpty() && place.object != page->object()) {
        page->openObject(place.object);
    }
    return true;
}

Page* PageHost::make(const PageSpec& spec)
{
    Page* page = spec.make(*m_context, this);
    m_pages.insert(spec.id, page);
    addWidget(page);
    listenTo(*page, spec.id);
    std::vector<Command> commands = page->commands();
    for (Command& command : commands) {
        command.scope = spec.id;
    }
    m_commands.add(std::move(commands));
    const QByteArray layout = m_context->settings.layout(QStringLiteral("page-") + spec.id);
    if (!layout.isEmpty() && !m_context->isTornOff) {
        page->restoreLayout(layout);
    }
    return page;
}

void PageHost::listenTo(Page& page, const QString& id)
{
    connect(&page, &Page::subtitleChanged, this, [this, id](const QString& subtitle) {
        m_subtitles.insert(id, subtitle);
        if (m_spec != nullptr && m_spec->id == id) {
            Q_EMIT subtitleChanged(subtitle);
        }
    });
    connect(&page, &Page::badgeChanged, this, [this, id](int count) {
        Q_EMIT badgeChanged(id, count);
    });
    connect(&page, &Page::inspectorChanged, this, [this, id](bool hasDetails) {
        m_details.insert(id, hasDetails);
        if (m_spec != nullptr && m_spec->id == id) {
            Q_EMIT inspectorChanged(hasDetails);
        }
    });
    connect(
        &page,
        &Page::liveDataChanged,
        this,
        [this, id](int series, double perSecond, qulonglong dropped) {
            m_live.insert(id, Live{series, perSecond, dropped});
            if (m_spec != nullptr && m_spec->id == id) {
                Q_EMIT liveDataChanged(series, perSecond, dropped);
            }
        });
    connect(&page, &Page::openRequested, this, &PageHost::open);
    connect(&page, &Page::toastRequested, this, &PageHost::toastRequested);
    connect(&page, &Page::sheetRequested, this, &PageHost::sheetRequested);
    connect(&page, &Page::objectChanged, this, [this, id, &page] {
        if (m_page == &page) {
            remember({id, page.object()});
        }
    });
}

void PageHost::remember(const PagePlace& place)
{
    if (!m_history.empty() && m_history[m_place] == place) {
        return;
    }
    if (!m_history.empty()) {
        m_history.resize(m_place + 1);
    }
    m_history.push_back(place);
    if (m_history.size() > kMostPlaces) {
        m_history.erase(m_history.begin());
    }
    m_place = m_history.size() - 1;
    m_commands.refresh();
}

void PageHost::goBack()
{
    if (canGoBack()) {
        --m_place;
        show(m_history[m_place]);
        m_commands.refresh();
    }
}

void PageHost::goForward()
{
    if (canGoForward()) {
        ++m_place;
        show(m_history[m_place]);
        m_commands.refresh();
    }
}

void PageHost::saveLayouts()
{
    if (!m_context || m_context->isTornOff) {
        return;
    }
    for (auto page = m_pages.begin(); page != m_pages.end(); ++page) {
        const QByteArray layout = page.value()->saveLayout();
        if (!layout.isEmpty()) {
            m_context->settings.setLayout(QStringLiteral("page-") + page.key(), layout);
        }
    }
}

} // namespace pilothouse::ui
