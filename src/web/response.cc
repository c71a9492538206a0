// SPDX-License-Identifier: MIT
#include "response.h"

#include <array>
#include <ctime>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

// Nothing inline, nothing from elsewhere, no framing: a name from the network that slips through escaping still cannot
// run. data: is for the small images that the chart libraries draw.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
constexpr std::string_view kDrawingPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
constexpr std::string_view kSecurityHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

constexpr std::string_view kProblem = "application/problem+json";

std::string http_date(std::int64_t seconds) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto time = static_cast<std::time_t>(seconds);
  std::tm t{};
  gmtime_r(&time, &t);
  const auto two = [](int n) { return base::cat(n < 10 ? "0" : "", n); };
  return base::cat(kDays[static_cast<std::size_t>(t.tm_wday)], ", ", two(t.tm_mday), " ",
                   kMonths[static_cast<std::size_t>(t.tm_mon)], " ", t.tm_year + 1900, " ", two(t.tm_hour), ":",
                   two(t.tm_min), ":", two(t.tm_sec), " GMT");
}

void add_header(std::string& out, std::string_view name, std::string_view value) {
  if (value.find_first_of("\r\n") != std::string_view::npos) return;
  out += base::cat(name, ": ", value, "\r\n");
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 505:
      return "HTTP Version Not Supported";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

Response Response::json(const base::Json& value, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = value.dump();
  response.body.push_back('\n');
  return response;
}

Response Response::problem(int status, std::string_view title, std::string_view detail) {
  base::Json value = base::Json::object();
  value.set("title", title).set("status", status).set("detail", detail);
  Response response = json(value, status);
  response.content_type = kProblem;
  return response;
}

Response Response::as_problem(Response response) {
  if (response.status < 400 || response.content_type == kProblem) return response;
  std::string_view detail = "See /PasTmon/api/v1/openapi.json for what there is.";
  if (response.content_type.starts_with("text/plain")) detail = base::trim(response.body);
  Response problem = Response::problem(response.status, reason_phrase(response.status), detail);
  problem.headers = std::move(response.headers);
  return problem;
}

Response Response::text(int status, std::string_view text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = base::cat(text, "\n");
  return response;
}

Response Response::redirect(std::string_view path) {
  Response response = text(303, path);
  response.headers.emplace_back("Location", path);
  return response;
}

std::string serialise(const Response& response, std::int64_t date, bool keep_alive, bool head_only) {
  std::string out;
  out.reserve(response.body.size() + 1024);
  out += base::cat("HTTP/1.1 ", response.status, " ", reason_phrase(response.status), "\r\n");
  add_header(out, "Date", http_date(date));
  add_header(out, "Content-Type", response.content_type);
  if (response.status != 304) add_header(out, "Content-Length", base::cat(response.body.size()));
  add_header(out, "Cache-Control", response.cache_control);
  for (const auto& [name, value] : response.headers) add_header(out, name, value);
  add_header(out, "Content-Security-Policy", response.drawing ? kDrawingPolicy : kPagePolicy);
  out += kSecurityHeaders;
  add_header(out, "Cross-Origin-Resource-Policy", response.drawing ? "cross-origin" : "same-origin");
  add_header(out, "Connection", keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  if (!head_only && response.status != 304) out += response.body;
  return out;
}

}  // namespace pastmon::web
