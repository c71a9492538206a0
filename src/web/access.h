// SPDX-License-Identifier: MIT
// Who may ask at all: the access list, the Host allow-list (against DNS rebinding: a page of someone else's whose name
// suddenly resolves to this machine), and requests that came through a proxy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "network.h"
#include "request.h"

namespace pastmon::web {

enum class Verdict {
  allowed,
  address_refused,  ///< the peer is in no network of the access list
  host_refused,     ///< the Host header names none of ours
  proxy_untrusted,  ///< a forwarded header from a peer that is no trusted proxy
  login_needed,     ///< through a trusted proxy, behind which every peer looks local: a login is needed (visitors.h)
};

class Access {
 public:
  struct Options {
    std::vector<Network> allow;            ///< who may connect
    std::vector<Network> trusted_proxies;  ///< whose forwarded headers are believed
    std::vector<std::string> hosts;        ///< names in the Host header, without port; IPv6 in brackets
  };

  explicit Access(Options options);
  Verdict judge(const Request& request) const;
  /// Whose request it is: the peer, or behind trusted proxies what the last of them that is not trusted calls itself
  /// (X-Forwarded-For; what stands left of that could be anybody's invention).
  base::Address client_of(const Request& request) const;

  /// The host of "https://monitor.example:8443/PasTmon" or "monitor.example:8443", in lower case, without port.
  static std::string host_of(std::string_view url);

 private:
  Options options_;
};

}  // namespace pastmon::web
