// SPDX-License-Identifier: MIT
#include "pastmon/config/paths.h"

namespace pastmon::config {
namespace {

namespace fs = std::filesystem;

bool directory(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure);
}

}  // namespace

Paths paths_of(const fs::path& program) {
  const fs::path above = program.parent_path().parent_path();
  const fs::path sources = above.parent_path().parent_path();
  if (directory(above / "etc/signatures.d")) {
    return {above / "etc/pastmon.conf", above / "etc/pastmon-web.conf", above / "etc/signatures.d",
            above / "var/lib/pastmon"};
  }
  Paths paths{"/etc/pastmon/pastmon.conf", "/etc/pastmon/pastmon-web.conf", "/etc/pastmon/signatures.d",
              "/var/lib/pastmon"};
  if (above.parent_path().filename() == "build" && directory(sources / "etc/signatures.d"))
    paths.signatures = sources / "etc/signatures.d";
  return paths;
}

const Paths& paths() {
  static const Paths ours = [] {
    std::error_code failure;
    return paths_of(fs::read_symlink("/proc/self/exe", failure));
  }();
  return ours;
}

}  // namespace pastmon::config
