// SPDX-License-Identifier: Apache-2.0
#include "tests/support/SmallDisk.h"

#include <QDir>

#include <sys/mount.h>
#include <unistd.h>

namespace pilothouse::test {

SmallDisk::SmallDisk(const QString& folder, const char* options) : m_folder(folder.toStdString())
{
    QDir().mkpath(folder);
    m_isMounted = geteuid() == 0 && mount("tmpfs", m_folder.c_str(), "tmpfs", 0, options) == 0;
}

SmallDisk::~SmallDisk()
{
    if (m_isMounted) {
        umount2(m_folder.c_str(), MNT_DETACH);
    }
}

bool SmallDisk::makeReadOnly() const
{
    return mount("tmpfs", m_folder.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

} // namespace pilothouse::test
