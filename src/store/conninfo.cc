// SPDX-License-Identifier: MIT
#include "conninfo.h"

#include <algorithm>
#include <array>

#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

constexpr std::array<std::string_view, 30> kKeys = {"application_name",
                                                    "channel_binding",
                                                    "connect_timeout",
                                                    "dbname",
                                                    "gssencmode",
                                                    "gsslib",
                                                    "host",
                                                    "hostaddr",
                                                    "keepalives",
                                                    "keepalives_count",
                                                    "keepalives_idle",
                                                    "keepalives_interval",
                                                    "krbsrvname",
                                                    "options",
                                                    "passfile",
                                                    "port",
                                                    "requirepeer",
                                                    "sslcert",
                                                    "sslcompression",
                                                    "sslcrl",
                                                    "sslcrldir",
                                                    "sslkey",
                                                    "sslmode",
                                                    "sslrootcert",
                                                    "sslsni",
                                                    "ssl_max_protocol_version",
                                                    "ssl_min_protocol_version",
                                                    "target_session_attrs",
                                                    "tcp_user_timeout",
                                                    "user"};

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  return text;
}

/// Takes one value from the front of `text`. False: its quote does not end.
bool take_value(std::string_view& text, std::string& value) {
  const bool quoted = !text.empty() && text.front() == '\'';
  if (quoted) text.remove_prefix(1);
  while (!text.empty()) {
    const char c = text.front();
    if (quoted ? c == '\'' : blank(c)) break;
    text.remove_prefix(1);
    if (c != '\\') {
      value += c;
    } else if (!text.empty()) {
      value += text.front();
      text.remove_prefix(1);
    }
  }
  if (!quoted) return true;
  if (text.empty()) return false;
  text.remove_prefix(1);
  return true;
}

Result<void> known_key(const std::string& key) {
  if (key == "password" || key == "sslpassword")
    return Error{cat("a password is never an argument: give it in a file (--passwords FILE), or name a passfile")};
  if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end())
    return Error{cat("unknown key \"", base::escape_controls(key), "\" (libpq's keys: host, port, dbname, user, …)")};
  return {};
}

}  // namespace

Result<std::map<std::string, std::string>> parse_conninfo(std::string_view text) {
  if (text.find("://") != std::string_view::npos)
    return Error{"an address (…://…) is not taken: write host=… dbname=… user=…"};
  std::map<std::string, std::string> conninfo;
  for (text = skip_blanks(text); !text.empty(); text = skip_blanks(text)) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return Error{"a word without \"=\": write host=… dbname=… user=…"};
    const std::string key(base::trim(text.substr(0, equals)));
    if (Result<void> known = known_key(key); !known) return known.error();
    text = skip_blanks(text.substr(equals + 1));
    std::string value;
    if (!take_value(text, value)) return Error{cat("the quote of ", key, " does not end")};
    if (value.find('\0') != std::string::npos) return Error{cat("a NUL byte in ", key)};
    if (!conninfo.emplace(key, value).second) return Error{cat(key, " stands twice")};
  }
  if (conninfo.find("dbname") == conninfo.end()) return Error{"it names no database (dbname=…)"};
  return conninfo;
}

std::string conninfo_name(const std::map<std::string, std::string>& conninfo) {
  const auto value = [&conninfo](const char* key) {
    const auto at = conninfo.find(key);
    return at == conninfo.end() ? std::string() : at->second;
  };
  std::string host = value("host");
  if (host.empty()) host = value("hostaddr");
  if (host.empty()) host = "localhost";
  const std::string port = value("port");
  return cat(host, port.empty() ? "" : ":", port, "/", value("dbname"));
}

}  // namespace pastmon::store
