// SPDX-License-Identifier: MIT
#include "pastmon/config/settings.h"

#include <sys/stat.h>

#include <charconv>

#include "memory.h"
#include "pastmon/base/address.h"
#include "pastmon/base/text.h"
#include "settings_schema.h"

namespace pastmon::config {
namespace {

using base::cat;
using base::Error;
using base::Result;

Logging logging_of(const Section& section) {
  Logging logging;
  const std::string& level = section.text("log_level");
  logging.level = level == "debug"     ? base::log::Level::debug
                  : level == "warning" ? base::log::Level::warning
                  : level == "error"   ? base::log::Level::error
                                       : base::log::Level::info;
  const std::string& to = section.text("log_to");
  logging.to = to == "syslog" ? LogTo::syslog : to == "stderr" ? LogTo::standard_error : LogTo::automatic;
  return logging;
}

Result<Database> database_of(const Section& section) {
  Database database;
  database.driver = section.text("driver");
  database.dbname = section.text("dbname");
  database.host = section.text("host");
  database.port = static_cast<std::uint16_t>(section.integer("port"));
  database.username = section.text("username");
  database.password = section.text("password");
  const Section& libpq = section.group("libpq");
  for (const std::string& key : libpq.keys()) database.libpq.emplace(key, libpq.text(key));
  database.connect_timeout = section.integer("connect_timeout");
  database.query_timeout = section.integer("query_timeout");
  if (database.driver == "sqlite3") {
    for (const char* key : {"host", "port", "username", "password"}) {
      if (section.given(key))
        return Error{cat(section.place(key).text(), ": ", key, " has no meaning with driver \"sqlite3\"")};
    }
    if (!database.libpq.empty()) {
      return Error{cat(section.place("libpq").text(), ": libpq has no meaning with driver \"sqlite3\"")};
    }
  }
  return database;
}

Limits limits_of(const Section& s) {
  Limits limits;
  limits.max_memory = s.integer("max_memory");
  limits.max_flows = s.integer("max_flows");
  limits.max_buffered = s.integer("max_buffered");
  limits.max_buffered_per_side = s.integer("max_buffered_per_side");
  limits.syn_timeout = s.integer("syn_timeout");
  limits.tcp_idle = s.integer("tcp_idle");
  limits.tcp_linger = s.integer("tcp_linger");
  limits.udp_idle = s.integer("udp_idle");
  limits.gap_timeout = s.integer("gap_timeout");
  limits.max_fragments = s.integer("max_fragments");
  limits.fragment_timeout = s.integer("fragment_timeout");
  limits.max_open_requests = s.integer("max_open_requests");
  limits.max_open_requests_per_flow = s.integer("max_open_requests_per_flow");
  limits.max_message = s.integer("max_message");
  limits.max_held = s.integer("max_held");
  limits.hold_time = s.integer("hold_time");
  limits.hold_bytes = s.integer("hold_bytes");
  limits.max_rows_per_bucket = s.integer("max_rows_per_bucket");
  limits.max_rows = s.integer("max_rows");
  limits.bucket_grace = s.integer("bucket_grace");
  limits.bucket_idle_grace = s.integer("bucket_idle_grace");
  limits.max_journal = s.integer("max_journal");
  return limits;
}

Names names_of(const Section& s) {
  return {s.boolean("observe"), s.boolean("reverse_dns"), s.integer("rate"), s.text("server"), s.integer("max_names")};
}

/// A warning when a file that holds a password can be read by everybody.
void warn_of_open_password(const std::string& path, const Database& database, std::vector<std::string>& warnings) {
  bool secret = !database.password.empty();
  for (const auto& [key, value] : database.libpq) secret = secret || key.find("pass") != std::string::npos;
  struct stat status {};
  if (!secret || path.empty() || ::stat(path.c_str(), &status) != 0 || (status.st_mode & 07U) == 0) return;
  warnings.push_back(cat(path, ": holds a password but everybody may read it; chmod 0640 ", path));
}

void apply(const DaemonOverrides& overrides, Section& section) {
  const Place here{"command line", 0};
  if (!overrides.interfaces.empty()) section.set("interfaces", overrides.interfaces, here);
  if (overrides.filter) section.set("filter", *overrides.filter, here);
  if (overrides.sensor) section.set("sensor", *overrides.sensor, here);
  if (overrides.signatures) section.set("signatures_directory", *overrides.signatures, here);
  if (overrides.bucket_seconds) section.set("bucket", *overrides.bucket_seconds * base::kSecond, here);
  if (overrides.promiscuous) section.set("promiscuous", *overrides.promiscuous, here);
  if (overrides.pid_file) section.set("pid_file", *overrides.pid_file, here);
}

Result<Section> read_or_default(const std::string& path, const Schema& schema) {
  if (path.empty()) return defaults(schema);
  return read_file(path, schema);
}

/// "ADDRESS:PORT" or "PORT".
Result<void> parse_listen(const Section& section, WebSettings& settings) {
  const std::string& text = section.text("listen");
  const std::string where = section.given("listen") ? section.place("listen").text() : "command line";
  const auto colon = text.rfind(':');
  settings.listen_address = colon == std::string::npos ? "127.0.0.1" : text.substr(0, colon);
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), number);
  const auto address = base::Address::parse(settings.listen_address);
  if (code != std::errc() || end != port.data() + port.size() || number > 65'535 || !address || !address->is_v4()) {
    return Error{cat(where, ": listen is \"", base::escape_controls(text),
                     "\" but must be an IPv4 address and a port, such as \"127.0.0.1:8080\"")};
  }
  settings.listen_port = static_cast<std::uint16_t>(number);
  return {};
}

/// Addresses, or networks such as 192.0.2.0/24.
Result<void> check_networks(const Section& section, std::string_view key) {
  for (const std::string& network : section.texts(key)) {
    const auto slash = network.find('/');
    const auto address = base::Address::parse(network.substr(0, slash));
    unsigned bits = 0;
    bool fine = address.has_value() && !address->is_many();
    if (fine && slash != std::string::npos) {
      const char* first = network.data() + slash + 1;
      const char* last = network.data() + network.size();
      const auto [end, code] = std::from_chars(first, last, bits);
      fine = code == std::errc() && end == last && bits <= (address->is_v4() ? 32U : 128U);
    }
    if (!fine) {
      return Error{cat(section.place(key).text(), ": \"", base::escape_controls(network), "\" in ", key,
                       " is neither an address nor a network such as 192.0.2.0/24")};
    }
  }
  return {};
}

Result<void> check_url(const Section& section) {
  const std::string& url = section.text("public_url");
  if (url.empty()) return {};
  const auto scheme = url.find("://");
  const std::string rest = scheme == std::string::npos ? std::string() : url.substr(scheme + 3);
  const bool known = url.starts_with("http://") || url.starts_with("https://");
  if (known && !rest.empty() && rest.find_first_of("/?#@ ") == std::string::npos) return {};
  return Error{cat(section.place("public_url").text(),
                   ": public_url must be http://HOST or https://HOST, with :PORT if need be, without a path")};
}

}  // namespace

Result<DaemonSettings> load_daemon(const std::string& path, const DaemonOverrides& overrides) {
  Result<Section> read = read_or_default(path, daemon_schema());
  if (!read) return read.error();
  Section& section = *read;
  apply(overrides, section);
  if (Result<void> fits = share_memory(section); !fits) return fits.error();
  DaemonSettings settings;
  settings.sensor = section.text("sensor");
  settings.interfaces = section.texts("interfaces");
  settings.filter = section.text("filter");
  settings.snaplen = static_cast<std::uint32_t>(section.integer("snaplen"));
  settings.buffer = section.integer("buffer");
  settings.promiscuous = section.boolean("promiscuous");
  settings.outer_addresses = section.text("tunnel_addresses") == "outer";
  settings.duplicate_window = section.integer("duplicate_window");
  settings.user = section.text("user");
  settings.seccomp = section.boolean("seccomp");
  settings.pid_file = section.text("pid_file");
  settings.logging = logging_of(section);
  settings.data_directory = section.text("data_directory");
  settings.signatures_directory = section.text("signatures_directory");
  settings.bucket_seconds = section.integer("bucket") / base::kSecond;
  settings.checkpoint = section.integer("checkpoint");
  settings.level_2_days = section.integer("level_2_days");
  settings.limits = limits_of(section.group("limits"));
  if (settings.limits.max_rows < settings.limits.max_rows_per_bucket) {
    const Section& limits = section.group("limits");
    const char* key = limits.given("max_rows_per_bucket") ? "max_rows_per_bucket" : "max_rows";
    return Error{cat(limits.place(key).text(), ": max_rows_per_bucket (", settings.limits.max_rows_per_bucket,
                     ") must not be more than max_rows (", settings.limits.max_rows, ")")};
  }
  settings.names = names_of(section.group("names"));
  if (settings.bucket_seconds < 1 || 3'600 * base::kSecond % section.integer("bucket") != 0) {
    const std::string where = section.given("bucket") ? section.place("bucket").text() : "command line";
    return Error{cat(where, ": bucket must divide an hour, such as \"1m\", \"5m\" or \"15m\"")};
  }
  const auto name_server = base::Address::parse(settings.names.server);
  if (!settings.names.server.empty() && (!name_server || name_server->is_many())) {
    return Error{cat(section.group("names").place("server").text(), ": server must be an IP address")};
  }
  Result<Database> database = database_of(section.group("output_DBI"));
  if (!database) return database.error();
  settings.database = *std::move(database);
  warn_of_open_password(path, settings.database, settings.warnings);
  settings.effective = print(section, daemon_schema(), Origins::shown);
  return settings;
}

Result<WebSettings> load_web(const std::string& path, const WebOverrides& overrides) {
  Result<Section> read = read_or_default(path, web_schema());
  if (!read) return read.error();
  Section& section = *read;
  const Place here{"command line", 0};
  if (overrides.listen) section.set("listen", *overrides.listen, here);
  if (overrides.pid_file) section.set("pid_file", *overrides.pid_file, here);
  WebSettings settings;
  if (const Result<void> fine = parse_listen(section, settings); !fine) return fine.error();
  for (const char* key : {"access", "trusted_proxies"}) {
    if (const Result<void> fine = check_networks(section, key); !fine) return fine.error();
  }
  if (const Result<void> fine = check_url(section); !fine) return fine.error();
  settings.public_url = section.text("public_url");
  settings.access = section.texts("access");
  settings.trusted_proxies = section.texts("trusted_proxies");
  settings.login_always = section.text("login") == "always";
  settings.session_idle = section.integer("session_idle");
  settings.session_lifetime = section.integer("session_lifetime");
  settings.timezone = section.text("timezone");
  settings.week_starts_on_monday = section.text("week_starts") == "monday";
  settings.threads = section.integer("threads");
  settings.database_pool = section.integer("database_pool");
  settings.data_directory = section.text("data_directory");
  settings.user = section.text("user");
  settings.seccomp = section.boolean("seccomp");
  settings.pid_file = section.text("pid_file");
  settings.logging = logging_of(section);
  Result<Database> database = database_of(section.group("output_DBI"));
  if (!database) return database.error();
  settings.database = *std::move(database);
  warn_of_open_password(path, settings.database, settings.warnings);
  settings.effective = print(section, web_schema(), Origins::shown);
  return settings;
}

}  // namespace pastmon::config
