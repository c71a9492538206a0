// SPDX-License-Identifier: MIT
// Loads signature files (docs/signatures.md): libconfig syntax, walked by the schema, so that an unknown key, a wrong
// type or a value out of range is refused with file:line. Patterns are compiled later, by the signature module.
#pragma once

#include <string>
#include <vector>

#include "pastmon/base/result.h"
#include "pastmon/config/signature_spec.h"

namespace pastmon::config {

/// The services of one file, in its order.
base::Result<std::vector<ServiceSpec>> load_signature_file(const std::string& path);

/// The services of all *.conf files of a directory, files in the order of their names. An unreadable directory or one
/// without any such file is an error.
base::Result<std::vector<ServiceSpec>> load_signature_directory(const std::string& directory);

}  // namespace pastmon::config
