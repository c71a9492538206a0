// SPDX-License-Identifier: MIT
// Files that the build compiled into the program (SQL, templates, assets); see pastmon_embed in CMakeLists.txt.
// Each set has a function of its own, declared where it is used:
//   namespace pastmon::embedded { std::span<const File> sqlite_schema(); }
#pragma once

#include <span>
#include <string_view>

namespace pastmon::embedded {

struct File {
  std::string_view name;     ///< path below the embedded directory
  std::string_view content;  ///< the bytes; static lifetime
};

}  // namespace pastmon::embedded
