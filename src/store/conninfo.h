// SPDX-License-Identifier: MIT
// libpq's connection strings: "host=db1 dbname=pastmon2 user='pastmon_web'".
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pastmon/base/result.h"

namespace pastmon::store {

/// Keys and values, in quotes or not, with \ before a quote or a backslash. Errors: no key=value, a key that a front
/// has no use for, a password (others would see it), no dbname.
base::Result<std::map<std::string, std::string>> parse_conninfo(std::string_view text);

/// "host/dbname" for people: never holds a secret.
std::string conninfo_name(const std::map<std::string, std::string>& conninfo);

}  // namespace pastmon::store
