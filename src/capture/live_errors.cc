// SPDX-License-Identifier: MIT
#include "live_errors.h"

#include <net/if.h>
#include <unistd.h>

#include <climits>
#include <memory>

#include "pastmon/base/text.h"

namespace pastmon::capture {
namespace {

std::string existing_interfaces() {
  const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> list(if_nameindex(), if_freenameindex);
  std::string names;
  for (const auto* i = list.get(); i != nullptr && i->if_index != 0; ++i) names += base::cat(i->if_name, ", ");
  return names + "any";
}

std::string this_program() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "PROGRAM";
}

}  // namespace

base::Error no_such_interface(const std::string& interface) {
  return {
      base::cat("no such interface: ", base::escape_controls(interface), " (there are: ", existing_interfaces(), ")"),
      true};
}

base::Error no_permission(const std::string& interface) {
  return {base::cat("no permission to capture on ", base::escape_controls(interface),
                    ": that needs CAP_NET_RAW; run as root, or once: setcap cap_net_raw,cap_net_admin=eip ",
                    this_program())};
}

}  // namespace pastmon::capture
