// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Checker.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace pilothouse::config {

/// One application's table. What holds for every driver is in RolloutChecks.cpp, the drivers' own
/// keys are in HaproxyDriverChecks.cpp and KubernetesDriverChecks.cpp.
class RolloutChecker
{
public:
    RolloutChecker(Checker& checker, const RolloutApplication& application, std::string table)
        : m_checker(checker), m_one(application), m_table(std::move(table))
    {}

    void check();

private:
    /// The first of the keys that the file has is what is told.
    void require(bool holds, std::initializer_list<const char*> keys, std::string message);
    void require(bool holds, const char* key, std::string message);
    void requireWord(const std::string& text, const char* key);
    /// Keys of another driver: they would do nothing.
    void requireUnset(const std::string& text, const char* key);
    void checkQuery(const std::string& query, const char* key);

    void checkHaproxy();
    void checkOwnHaproxy();
    void requireDefault(bool isDefault, const char* key, const char* without);
    void checkPlace(const std::string& text, const char* key);
    /// Servers that are added while HAProxy runs are not looked up by name.
    void checkAddresses(const std::vector<std::string>& servers, const char* key);
    void checkGivenHaproxy();
    /// Keys of the server's own HAProxy: they would do nothing.
    void checkOwnUnset(const char* with);
    void checkCommand(const std::vector<std::string>& command, const char* key);

    void checkKubernetes();
    void checkArgo();
    /// What holds for every driver that goes through a cluster's API.
    void checkCluster(const char* driver, const char* isNotSplit);
    void requireName(const std::string& text, const char* key);

    Checker& m_checker;
    const RolloutApplication& m_one;
    const std::string m_table;
};

} // namespace pilothouse::config
