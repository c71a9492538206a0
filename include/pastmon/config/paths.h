// SPDX-License-Identifier: MIT
// Where the programs' files lie when neither command line nor configuration says it. It follows from where the program
// itself lies, so that an installed tree may be moved as a whole:
//
//   PREFIX/sbin/pastmon with PREFIX/etc/signatures.d   everything under one directory: PREFIX/etc,
//   PREFIX/var/lib/pastmon DIRECTORY/build/PRESET/bin/pastmon                 a build tree: the signatures of its
//   sources, else as below anywhere else                                      /etc/pastmon, /var/lib/pastmon
#pragma once

#include <filesystem>
#include <string>

namespace pastmon::config {

struct Paths {
  std::string daemon_file;  ///< pastmon.conf
  std::string web_file;     ///< pastmon-web.conf
  std::string signatures;   ///< directory of the signature files
  std::string data;         ///< directory of the journal, and of SQLite databases
};

/// Of this program; worked out once. Any thread.
const Paths& paths();

/// Of a program that lies there.
Paths paths_of(const std::filesystem::path& program);

}  // namespace pastmon::config
