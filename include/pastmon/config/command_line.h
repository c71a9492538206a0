// SPDX-License-Identifier: MIT
// The command lines of the three programs as plain structs. Nothing is printed here and nothing exits: the program
// prints `output` or `error` and leaves with `status`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/config/settings.h"

namespace pastmon::config {

/// What became of a command line.
template <class Command>
struct Parsed {
  std::optional<Command> command;  ///< set: go on
  int status = 0;                  ///< else: exit status; 0 after --help and --version, 2 for a wrong command line
  std::string output;              ///< for standard output (help, version)
  std::string error;               ///< for standard error: one line
};

enum class Report : std::uint8_t { none, table, json };

/// pastmon
struct DaemonCommand {
  std::string config;            ///< --config; empty: none given
  std::string read;              ///< --read; empty: capture live
  Report report = Report::none;  ///< --report
  bool check_config = false;
  bool foreground = false;         ///< -f, -D
  bool time_shift_to_now = false;  ///< move the times of a capture file so that it ends now
  DaemonOverrides overrides;       ///< --interface, --no-promiscuous, --sensor, --signatures, --bucket, filter
};

/// pastmon-web
struct WebCommand {
  std::string config;
  bool check_config = false;
  bool foreground = false;
  std::string address_file;  ///< --address-file: write the ADDRESS:PORT listened on there (for port 0)
  WebOverrides overrides;    ///< --listen
};

/// pastmon-admin
enum class AdminAction : std::uint8_t {
  create_database,
  upgrade_database,
  drop_database,
  check,
  check_config,
  signature_test,
  export_rows,
  journal_show,
  journal_replay,
  migrate,
  sensor_release,
  user_add,
  user_remove,
  user_password,
  user_role,
  user_list
};
/// How an administrator gets into PostgreSQL, where that is not what the configuration says. A password is never an
/// argument: others would see it.
struct AdminLogin {
  std::string user;           ///< --admin-user: role to connect as
  std::string host;           ///< --host
  std::uint16_t port = 0;     ///< --port
  std::string password_file;  ///< --password-file: its first line; "-": of standard input
  bool ask_password = false;  ///< --ask-password: prompt, or a line of standard input that is no terminal
};

/// pastmon-admin export
struct ExportCommand {
  int level = 1;                                                ///< --level
  base::Seconds from = 0;                                       ///< --from: buckets that begin at or after …
  base::Seconds to = kEndOfTime;                                ///< --to: … and before
  bool json = false;                                            ///< --format
  std::vector<std::string> sensors;                             ///< --sensor; empty: all
  bool open = false;                                            ///< --open: buckets that are still open, too
  static constexpr base::Seconds kEndOfTime = 253'402'300'800;  ///< year 10000
};

/// pastmon-admin journal
struct JournalCommand {
  std::string directory;    ///< --directory; empty: the configuration's data_directory
  std::string sqlite_file;  ///< --to sqlite:FILE; empty: the configuration's database
  bool keep = false;        ///< --keep: leave the files
};

/// pastmon-admin migrate
struct MigrateCommand {
  std::string from;            ///< --from: "sqlite:FILE" or "pgsql"
  std::string to;              ///< --to
  std::string from_config;     ///< --from-config: names the PostgreSQL database; empty: --config
  std::string to_config;       ///< --to-config
  bool beside_sensor = false;  ///< --beside-sensor: the sensor that runs writes elsewhere
};
inline constexpr std::string_view kMigrateFile = "sqlite:";

/// create-database --front
struct FrontCommand {
  bool front = false;
  std::vector<std::string> groups;   ///< --group NAME=CONNINFO
  std::vector<std::string> removed;  ///< --remove-group NAME
  std::string passwords;             ///< --passwords FILE
};

/// pastmon-admin user
struct UserCommand {
  std::string name;
  std::string role;             ///< --role: "reader" or "editor"
  bool password_stdin = false;  ///< --password-stdin: a line of standard input, not asked for twice
};

struct AdminCommand {
  AdminAction action = AdminAction::check;
  std::string config;
  AdminLogin login;
  FrontCommand front;
  std::string web_config;      ///< --web-config: names the web server's role; empty: beside the other, if it is there
  std::string signature_file;  ///< signature test: the file that is tried …
  std::string capture;         ///< … on this capture
  std::uint32_t first = 5;     ///< --first: matches and near misses that are shown
  bool json = false;           ///< --json
  ExportCommand exported;
  JournalCommand journal;
  MigrateCommand migrated;
  std::string sensor;  ///< sensor release: its name
  UserCommand user;
};

/// pastmon_summarise_level_2
struct SummariseCommand {
  std::string config;
  std::int64_t age_days = 32;      ///< --age
  base::Seconds interval = 3'600;  ///< --interval
  bool remove = false;             ///< --delete
  bool dry_run = false;
  base::Seconds max_runtime = 0;  ///< --max-runtime; 0: no limit
  bool progress = false;
};

Parsed<DaemonCommand> parse_daemon(int argc, const char* const* argv);
Parsed<WebCommand> parse_web(int argc, const char* const* argv);
/// Called as "create_database_summary", its name of old, it is `pastmon-admin create-database`.
Parsed<AdminCommand> parse_admin(int argc, const char* const* argv);
Parsed<SummariseCommand> parse_summarise(int argc, const char* const* argv);

/// "1.0.0"
const char* version();

}  // namespace pastmon::config
