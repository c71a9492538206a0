// SPDX-License-Identifier: MIT
// The text of a configuration file with its @include and @include_dir lines expanded, and where each line came from.
// libconfig knows no @include_dir, resolves @include against one directory only, and wraps integers over 32 bits
// silently: all three are seen to here, before libconfig reads a byte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/result.h"

namespace pastmon::config {

/// A place in a configuration file, for messages.
struct Place {
  std::string file;
  int line = 0;

  std::string text() const;  ///< "file:line"
};

struct Source {
  std::string text;          ///< what libconfig parses
  std::vector<Place> lines;  ///< lines[n - 1]: where line n of `text` came from

  const Place& place(int line) const;  ///< of a line of `text`, 1 …; a line past the end gives the last place
};

/// Reads `path`. A relative name behind @include or @include_dir is looked up beside the file that names it;
/// @include_dir takes the *.conf files of a directory in the order of their names.
/// Errors: missing, unreadable, a directory, over 16 MB, includes nested more than 8 deep, an integer that does not
/// fit in 32 bits (64 with the suffix L), a NUL byte.
base::Result<Source> read_source(const std::string& path);

/// The same for text in memory; `name` stands for the file in messages, relative includes are looked up in ".".
base::Result<Source> read_source_text(std::string_view text, const std::string& name);

/// The *.conf files directly in `directory`, sorted by name; hidden files are left out. Error: not a directory, or
/// not readable.
base::Result<std::vector<std::string>> conf_files(const std::string& directory);

}  // namespace pastmon::config
