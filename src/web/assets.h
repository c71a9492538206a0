// SPDX-License-Identifier: MIT
// Style sheets, scripts and images, from memory: what is not in this list does not exist. Ours are compiled in; the
// chart libraries come from Debian's packages and are read once at start.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/embedded.h"
#include "request.h"
#include "response.h"

namespace pastmon::web {

class Assets {
 public:
  struct Library {
    std::string name;     ///< under which it is served: "dygraph.js"
    std::string file;     ///< below the library directory: "dygraphs/dygraph.min.js"
    std::string package;  ///< what brings it: "libjs-dygraphs"
  };
  static const std::vector<Library>& libraries();

  /// A library that is missing is left out, with one warning: its pages work without charts.
  Assets(std::span<const embedded::File> ours, const std::string& library_directory);

  bool has(std::string_view name) const { return files_.contains(name); }
  /// "/PasTmon/assets/NAME?v=TAG": changes with the content, so browsers may keep it for a year.
  std::string url(std::string_view name) const;
  Response serve(std::string_view name, const Request& request) const;

 private:
  struct File {
    std::string content;
    std::string type;
    std::string tag;  // hash of the content
  };
  void add(std::string_view name, std::string content);
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace pastmon::web
