// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <string>

namespace pilothouse::test {

/// A small file system of its own, where the test may make one: only root may mount.
class SmallDisk
{
public:
    /// `options` as for tmpfs: "size=20m,mode=0755".
    SmallDisk(const QString& folder, const char* options);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool isMounted() const { return m_isMounted; }
    bool makeReadOnly() const;

private:
    std::string m_folder;
    bool m_isMounted = false;
};

} // namespace pilothouse::test
