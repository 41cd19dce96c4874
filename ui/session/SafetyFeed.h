// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/PlansClient.h"
#include "ui/session/LiveMailbox.h"

#include <QObject>

namespace pilothouse::ui {

/// What the server says about acting here: whether writes are locked, the operator's lease, and the
/// approvals that wait. One stream a session, for the band, the navigation and every page. GUI
/// thread only.
class SafetyFeed : public QObject
{
    Q_OBJECT

public:
    explicit SafetyFeed(QObject* parent = nullptr);
    ~SafetyFeed() override;

    void open(client::PlansClient& plans);
    /// Forgets what it knew: another operator may be next.
    void close();
    bool isOpen() const { return m_call != nullptr; }

    /// Whether anything was heard; before that nothing is claimed.
    bool isKnown() const { return m_isKnown; }
    const plans::Safety& safety() const { return m_safety; }
    /// Writes need a lease here and the operator has none.
    bool isLocked() const { return m_isKnown && m_safety.needsLease && !m_safety.lease; }
    /// An approval of exactly this plan that the operator can use; null when there is none.
    const plans::Approval* readyFor(const std::string& planDigest) const;
    /// The operator's own request for this plan that still waits.
    const plans::Approval* pendingFor(
        const std::string& planDigest, const std::string& operatorName) const;
    /// Requests of others: what the operator may be wanted for.
    int pendingOfOthers(const std::string& operatorName) const;

Q_SIGNALS:
    void changed();

private:
    void take(plans::Safety safety);

    plans::Safety m_safety;
    bool m_isKnown = false;
    LiveMailbox<plans::Safety> m_box;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
