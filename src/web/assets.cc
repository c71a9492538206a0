// SPDX-License-Identifier: MIT
#include "assets.h"

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "pastmon/base/hash.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

std::string hex(std::uint64_t value) {
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out.push_back("0123456789abcdef"[value >> shift & 15]);
  return out;
}

std::string_view type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kTypes = {
      {{".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"}}};
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

const std::vector<Assets::Library>& Assets::libraries() {
  static const std::vector<Library> all = {
      {"dygraph.js", "dygraphs/dygraph.min.js", "libjs-dygraphs"},
      {"dygraph.css", "dygraphs/dygraph.min.css", "libjs-dygraphs"},
      {"chart.js", "chart.js/chart.min.js", "libjs-chart.js"},
  };
  return all;
}

Assets::Assets(std::span<const embedded::File> ours, const std::string& library_directory) {
  for (const embedded::File& file : ours) add(file.name, std::string(file.content));
  for (const Library& library : libraries()) {
    const std::string path = base::cat(library_directory, "/", library.file);
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    std::string content = std::move(bytes).str();
    if (content.empty()) {
      base::log::warning(path, " is missing: no charts from it (apt-get install ", library.package, ")");
      continue;
    }
    // The packages' source maps are not served; browsers would ask for them.
    if (const std::size_t map = content.rfind("//# sourceMappingURL="); map != std::string::npos) content.resize(map);
    if (const std::size_t map = content.rfind("/*# sourceMappingURL="); map != std::string::npos) content.resize(map);
    add(library.name, std::move(content));
  }
}

void Assets::add(std::string_view name, std::string content) {
  const std::string tag = hex(static_cast<std::uint64_t>(base::stable_id(content)));
  files_[std::string(name)] = File{std::move(content), std::string(type_of(name)), tag};
}

std::string Assets::url(std::string_view name) const {
  const auto at = files_.find(name);
  return at == files_.end() ? std::string() : base::cat("/PasTmon/assets/", name, "?v=", at->second.tag);
}

Response Assets::serve(std::string_view name, const Request& request) const {
  const auto at = files_.find(name);
  if (at == files_.end()) return Response::text(404, "There is no such file.");
  const File& file = at->second;
  const std::string etag = base::cat("\"", file.tag, "\"");
  Response response;
  response.content_type = file.type;
  response.cache_control = request.query.get("v") == file.tag ? "public, max-age=31536000, immutable" : "no-cache";
  response.headers.emplace_back("ETag", etag);
  if (request.header("if-none-match").find(etag) != std::string_view::npos) {
    response.status = 304;
  } else {
    response.body = file.content;
  }
  return response;
}

}  // namespace pastmon::web
