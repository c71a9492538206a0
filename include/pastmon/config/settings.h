// SPDX-License-Identifier: MIT
// What the configuration files say, typed, with defaults filled in and ranges checked. Immutable once read; any thread
// may read it. Only the programs use it: they fill the modules' own Options from it.
//
// Precedence: command line, file, default. The command line's share is handed in as overrides.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/log.h"
#include "pastmon/base/result.h"

namespace pastmon::config {

/// Section output_DBI: the database.
struct Database {
  std::string driver;      ///< "pgsql" or "sqlite3"; empty: the section is not there
  std::string dbname;      ///< pgsql: name of the database; sqlite3: path of the file
  std::string host;        ///< pgsql: host name, address, or directory of a Unix socket; empty: the driver's default
  std::uint16_t port = 0;  ///< 0: the driver's default
  std::string username;
  std::string password;                      ///< never shown
  std::map<std::string, std::string> libpq;  ///< further libpq keys, e.g. {"sslmode", "require"}
  base::Micros connect_timeout = 0;
  base::Micros query_timeout = 0;
};

/// The store module's Options (its header is not for this module to include; the fields agree).
template <class StoreOptions>
StoreOptions store_options(const Database& database) {
  StoreOptions options;
  options.driver = database.driver;
  options.dbname = database.dbname;
  options.host = database.host;
  options.port = database.port;
  options.username = database.username;
  options.password = database.password;
  options.extra = database.libpq;
  options.connect_timeout = database.connect_timeout / base::kSecond;
  options.query_timeout = database.query_timeout / base::kSecond;
  return options;
}

enum class LogTo : std::uint8_t { automatic, syslog, standard_error };  ///< automatic: syslog once a daemon

struct Logging {
  base::log::Level level = base::log::Level::info;
  LogTo to = LogTo::automatic;
};

/// Section limits: bounds on everything that traffic can make grow. Sizes in bytes.
struct Limits {
  std::int64_t max_memory = 0;  ///< what the others together may take
  std::int64_t max_flows = 0;
  std::int64_t max_buffered = 0;
  std::int64_t max_buffered_per_side = 0;
  base::Micros syn_timeout = 0;
  base::Micros tcp_idle = 0;
  base::Micros tcp_linger = 0;
  base::Micros udp_idle = 0;
  base::Micros gap_timeout = 0;
  std::int64_t max_fragments = 0;
  base::Micros fragment_timeout = 0;
  std::int64_t max_open_requests = 0;
  std::int64_t max_open_requests_per_flow = 0;
  std::int64_t max_message = 0;
  std::int64_t max_held = 0;
  base::Micros hold_time = 0;
  std::int64_t hold_bytes = 0;
  std::int64_t max_rows_per_bucket = 0;  ///< stored of a bucket; the others are folded under "(many)"
  std::int64_t max_rows = 0;             ///< in memory
  base::Micros bucket_grace = 0;
  base::Micros bucket_idle_grace = 0;
  std::int64_t max_journal = 0;
};

/// Section names: host names of addresses.
struct Names {
  bool observe = true;         ///< take names from what is seen on the wire: DNS answers, TLS, QUIC, HTTP, DHCP
  bool reverse_dns = false;    ///< ask the name server for the others
  std::int64_t rate = 0;       ///< questions a second at most
  std::string server;          ///< address of the name server; empty: the system's
  std::int64_t max_names = 0;  ///< kept in memory
};

/// pastmon.conf
struct DaemonSettings {
  std::string sensor;  ///< empty: the host's name
  std::vector<std::string> interfaces;
  std::string filter;
  std::uint32_t snaplen = 0;
  std::int64_t buffer = 0;
  bool promiscuous = true;
  bool outer_addresses = false;       ///< packets in tunnels count under the addresses of the tunnel's ends
  base::Micros duplicate_window = 0;  ///< copies of a packet within it are not counted; 0: every packet counts
  std::string user;                   ///< empty: stay who we are
  bool seccomp = true;                ///< refuse system calls that are not needed
  std::string pid_file;
  Logging logging;
  std::string data_directory;
  std::string signatures_directory;  ///< of *.conf files
  base::Seconds bucket_seconds = 0;
  base::Micros checkpoint = 0;
  std::int64_t level_2_days = 0;  ///< rows of level 2 are kept so long; 0: for ever
  Limits limits;
  Names names;
  Database database;

  std::vector<std::string> warnings;  ///< one line each: to be logged, the program goes on
  std::string effective;              ///< all values in the syntax of the file with their origins, passwords masked
};

/// pastmon-web.conf
struct WebSettings {
  std::string listen_address;  ///< IPv4
  std::uint16_t listen_port = 0;
  std::string public_url;                    ///< "" or http(s)://host[:port], without the path
  std::vector<std::string> access;           ///< addresses or networks (CIDR) that may connect
  std::vector<std::string> trusted_proxies;  ///< addresses or networks (CIDR)
  bool login_always = false;                 ///< nobody gets in without a login
  base::Micros session_idle = 0;             ///< a login that is not used for so long ends
  base::Micros session_lifetime = 0;         ///< and in any case after this
  std::string timezone;                      ///< "Europe/Berlin"; "" the machine's
  bool week_starts_on_monday = true;
  std::int64_t threads = 0;
  std::int64_t database_pool = 0;
  std::string data_directory;  ///< for what the web server itself keeps
  std::string user;
  bool seccomp = true;  ///< refuse system calls that are not needed
  std::string pid_file;
  Logging logging;
  Database database;

  std::vector<std::string> warnings;
  std::string effective;
};

/// What the command line of pastmon says about settings; unset: the file's word.
struct DaemonOverrides {
  std::vector<std::string> interfaces;  ///< empty: the file's word
  std::optional<std::string> filter;
  std::optional<std::string> sensor;
  std::optional<std::string> signatures;
  std::optional<base::Seconds> bucket_seconds;
  std::optional<bool> promiscuous;
  std::optional<std::string> pid_file;
};

struct WebOverrides {
  std::optional<std::string> listen;  ///< "ADDRESS:PORT"
  std::optional<std::string> pid_file;
};

/// Reads and checks a file; `path` empty: defaults only. Errors are one line with file:line.
base::Result<DaemonSettings> load_daemon(const std::string& path, const DaemonOverrides& overrides = {});
base::Result<WebSettings> load_web(const std::string& path, const WebOverrides& overrides = {});

/// Keys whose values differ between two effective configurations, in order: "filter", "limits.max_flows". What is
/// masked there does not count.
std::vector<std::string> changed_keys(const std::string& before, const std::string& after);

}  // namespace pastmon::config
