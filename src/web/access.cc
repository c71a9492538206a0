// SPDX-License-Identifier: MIT
#include "access.h"

#include <algorithm>
#include <array>
#include <optional>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

constexpr std::array<std::string_view, 6> kForwarded = {"forwarded",         "x-forwarded-for", "x-forwarded-host",
                                                        "x-forwarded-proto", "x-real-ip",       "via"};

bool any_contains(const std::vector<Network>& networks, const base::Address& address) {
  return std::any_of(networks.begin(), networks.end(), [&](const Network& n) { return n.contains(address); });
}

/// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711"
std::optional<base::Address> forwarded_address(std::string_view text) {
  text = base::trim(text);
  if (const auto address = base::Address::parse(std::string(text))) return address;
  if (text.starts_with('[')) return base::Address::parse(std::string(text.substr(1, text.find(']') - 1)));
  return base::Address::parse(std::string(text.substr(0, text.rfind(':'))));
}

}  // namespace

Access::Access(Options options) : options_(std::move(options)) {
  for (std::string& host : options_.hosts) host = base::lower(host);
}

std::string Access::host_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find('/'));
  if (url.starts_with('['))
    return base::lower(url.substr(0, url.find(']') == std::string_view::npos ? 0 : url.find(']') + 1));
  return base::lower(url.substr(0, url.find(':')));
}

Verdict Access::judge(const Request& request) const {
  if (!any_contains(options_.allow, request.peer)) return Verdict::address_refused;
  const bool forwarded = std::any_of(kForwarded.begin(), kForwarded.end(),
                                     [&](std::string_view name) { return request.has_header(name); });
  if (forwarded && !any_contains(options_.trusted_proxies, request.peer)) return Verdict::proxy_untrusted;
  const std::string host = host_of(request.header("host"));
  if (std::find(options_.hosts.begin(), options_.hosts.end(), host) == options_.hosts.end())
    return Verdict::host_refused;
  return forwarded ? Verdict::login_needed : Verdict::allowed;
}

base::Address Access::client_of(const Request& request) const {
  base::Address client = request.peer;
  std::string all;
  for (const auto& [name, value] : request.headers) {
    if (name == "x-forwarded-for") all += (all.empty() ? "" : ",") + value;
  }
  while (!all.empty() && any_contains(options_.trusted_proxies, client)) {
    const std::size_t comma = all.rfind(',');
    const auto address = forwarded_address(std::string_view(all).substr(comma == std::string::npos ? 0 : comma + 1));
    if (!address) break;
    client = *address;
    all.resize(comma == std::string::npos ? 0 : comma);
  }
  return client;
}

}  // namespace pastmon::web
