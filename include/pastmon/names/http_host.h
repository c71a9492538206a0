// SPDX-License-Identifier: MIT
// The server's name in the head of an HTTP/1 request (RFC 9112, 3.2).
#pragma once

#include <string>
#include <string_view>

namespace pastmon::names {

/// The value of the field Host, as dns_host_name() gives it, without the port. "" when there is none, when it is an
/// address or no name, when the head breaks off before it, and when the request names a whole URL or host:port: that
/// is for a proxy, and its Host is another server's.
std::string read_http_host(std::string_view request);

}  // namespace pastmon::names
