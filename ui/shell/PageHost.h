// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/CommandRegistry.h"
#include "ui/shell/PageRegistry.h"

#include <QHash>
#include <QStackedWidget>

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::ui {

/// The pages of one window: makes each when it is first opened, shows one, and keeps the way there
/// (back and forward). GUI thread only.
class PageHost : public QStackedWidget
{
    Q_OBJECT

public:
    /// Places kept in the history.
    static constexpr std::size_t kMostPlaces = 100;

    PageHost(const PageRegistry& pages, CommandRegistry& commands, QWidget* parent = nullptr);
    ~PageHost() override;

    /// Destroys all pages; later ones are made with this. Nothing: no pages can be opened.
    void setContext(std::optional<PageContext> context);

    /// Opens a page, and an object on it unless empty; false for an unknown page or without a
    /// context.
    bool open(const QString& pageId, const QString& object = {});
    Page* page() const { return m_page; }
    const PageSpec* spec() const { return m_spec; }

    bool canGoBack() const { return m_place > 0; }
    bool canGoForward() const { return m_place + 1 < m_history.size(); }
    void goBack();
    void goForward();

    void saveLayouts();

Q_SIGNALS:
    /// Another page is shown (or none).
    void pageChanged();
    void subtitleChanged(const QString& subtitle);
    void badgeChanged(const QString& pageId, int count);
    void inspectorChanged(bool hasDetails);
    void liveDataChanged(int series, double perSecond, qulonglong dropped);
    void toastRequested(const pilothouse::ui::ToastMessage& message);
    void sheetRequested(pilothouse::ui::Sheet* sheet);

private:
    struct Live
    {
        int series = -1;
        double perSecond = 0;
        qulonglong dropped = 0;
    };

    Page* make(const PageSpec& spec);
    void listenTo(Page& page, const QString& id);
    bool show(const PagePlace& place);
    void remember(const PagePlace& place);
    void clear();

    const PageRegistry& m_registry;
    CommandRegistry& m_commands;
    std::optional<PageContext> m_context;
    QHash<QString, Page*> m_pages;
    QHash<QString, QString> m_subtitles;
    QHash<QString, Live> m_live;
    QHash<QString, bool> m_details;
    Page* m_page = nullptr;
    const PageSpec* m_spec = nullptr;
    std::vector<PagePlace> m_history;
    std::size_t m_place = 0;
};

} // namespace pilothouse::ui
