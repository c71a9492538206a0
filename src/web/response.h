// SPDX-License-Identifier: MIT
// An HTTP response as the pages make it. The server adds length, date and the security headers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pastmon/base/json.h"

namespace pastmon::web {

struct Response {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";
  std::string body;
  std::string cache_control = "no-store";
  std::vector<std::pair<std::string, std::string>> headers;  ///< further ones
  /// A drawing, whose style is inside: styles may be inline, nothing else. Pages of others (a wiki) may show it as an
  /// image; what is in it they cannot read.
  bool drawing = false;

  static Response json(const base::Json& value, int status = 200);
  /// RFC 9457: what clients of the API get instead of an answer.
  static Response problem(int status, std::string_view title, std::string_view detail);
  /// A refusal of any kind as a problem: for addresses of the API. Others, and problems, stay as they are.
  static Response as_problem(Response response);
  static Response text(int status, std::string_view text);
  /// To a path of ours: begins with a single '/'.
  static Response redirect(std::string_view path);
};

/// "Not Found" for 404; "" for a status that we never send.
std::string_view reason_phrase(int status) noexcept;

/// The whole message as it goes over the wire. Header values never contain a line break: such a header is left out.
/// `date`: seconds since the epoch. Without body for HEAD (`head_only`).
std::string serialise(const Response& response, std::int64_t date, bool keep_alive, bool head_only);

}  // namespace pastmon::web
