// SPDX-License-Identifier: MIT
// The one file that knows CLI11. Its exceptions end here.
#include "pastmon/config/command_line.h"

#include <CLI/CLI.hpp>
#include <tuple>
#include <vector>

#include "pastmon/base/text.h"
#include "pastmon/base/time_text.h"
#include "pastmon/config/paths.h"

namespace pastmon::config {
namespace {

using base::cat;

/// Options that every program has.
void add_common(CLI::App& app, const char* name, std::string& config, const std::string& default_file) {
  app.set_version_flag("--version", cat(name, " ", PASTMON_VERSION), "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.add_option("-c,--config", config, cat("Configuration file (", default_file, ")"))->type_name("FILE");
}

void add_service(CLI::App& app, bool& foreground, bool& check_config, std::optional<std::string>& pid_file) {
  app.add_flag("-f,--foreground,-D", foreground, "Stay in the foreground and log to standard error");
  app.add_option("--pid-file", pid_file,
                 "Write the process id to this file, instead of the one the configuration names")
      ->type_name("FILE");
  app.add_flag("--check-config", check_config, "Check the configuration, print what is in effect, and exit");
}

void add_login(CLI::App& app, AdminLogin& login) {
  app.add_option("--admin-user", login.user, "PostgreSQL role to connect as: a superuser, or one with CREATEROLE")
      ->type_name("ROLE");
  app.add_option("--host", login.host, "Host, or directory of a Unix socket, instead of the configuration's");
  app.add_option("--port", login.port, "Port, instead of the configuration's")->check(CLI::Range(1, 65'535));
  app.add_option("--password-file", login.password_file,
                 "File whose first line is that role's password; -: standard input")
      ->type_name("FILE");
  app.add_flag("--ask-password", login.ask_password, "Ask for that role's password");
}

/// Runs the parser and turns what it throws into values. `check` looks at what no single option can: it returns an
/// error line, or "".
template <class Command, class Check>
Parsed<Command> parse(CLI::App& app, const Command& command, int argc, const char* const* argv, const char* name,
                      const Check& check) {
  Parsed<Command> parsed;
  try {
    app.parse(argc, argv);
    if (const std::string wrong = check(); !wrong.empty()) throw CLI::ValidationError("", wrong);
    parsed.command = command;
  } catch (const CLI::CallForHelp&) {
    parsed.output = app.help();
  } catch (const CLI::CallForVersion& version) {
    parsed.output = cat(version.what(), "\n");
  } catch (const CLI::Error& failure) {
    std::string message = failure.what();
    if (message.starts_with(": ")) message.erase(0, 2);
    parsed.error = cat(name, ": ", base::escape_controls(message), " (", name, " --help tells more)");
    parsed.status = 2;
  }
  return parsed;
}

}  // namespace

Parsed<DaemonCommand> parse_daemon(int argc, const char* const* argv) {
  DaemonCommand command;
  CLI::App app("Watches a network passively: who used which service, how long it took, and why.", "pastmon");
  add_common(app, "pastmon", command.config, paths().daemon_file);
  add_service(app, command.foreground, command.check_config, command.overrides.pid_file);
  DaemonOverrides& set = command.overrides;
  bool not_promiscuous = false;
  std::string report;
  std::vector<std::string> filter;
  app.add_option("-i,--interface", set.interfaces, "Watch this network interface; may stand several times")
      ->type_name("IF")
      ->allow_extra_args(false);
  app.add_option("-r,--read", command.read, "Read a capture file (pcap, pcapng; - is standard input) instead")
      ->type_name("FILE");
  app.add_option("--report", report, "With --read: print what was found, use no database")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json"}));
  app.add_option("--bucket", set.bucket_seconds, "Length of a bucket in seconds; 0 in a report: one for all")
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 3600));
  app.add_flag("-p,--no-promiscuous", not_promiscuous, "Take only packets addressed to this host");
  app.add_option("--sensor", set.sensor, "Name of this sensor in the database")->type_name("NAME");
  app.add_option("--signatures", set.signatures, "Directory with the signature files")->type_name("DIRECTORY");
  app.add_flag("--time-shift-to-now", command.time_shift_to_now, "With --read: move its times so that it ends now");
  app.add_option("filter", filter, "pcap filter expression: what to look at")->type_name("EXPRESSION");
  app.footer(
      "\nExamples:\n"
      "  pastmon --read trace.pcap --report table         what happened in a capture file\n"
      "  pastmon --read trace.pcap --report json port 80  the same as JSON, only port 80\n"
      "  pastmon -c /etc/pastmon/pastmon.conf             watch and store, as a service\n"
      "  pastmon -f -c my.conf -i eth0 -i eth1 not port 22\n"
      "  pastmon -c my.conf --check-config                is the configuration right?");
  return parse(app, command, argc, argv, "pastmon", [&]() -> std::string {
    // `parse` copies the command afterwards, so what has to be worked out is worked out here.
    if (not_promiscuous) set.promiscuous = false;
    if (report == "table") command.report = Report::table;
    if (report == "json") command.report = Report::json;
    for (const std::string& word : filter) set.filter = set.filter ? cat(*set.filter, " ", word) : word;
    const bool reading = !command.read.empty();
    if (reading && !set.interfaces.empty()) return "--read and --interface exclude each other";
    if (!reading && command.report != Report::none) return "--report needs --read FILE";
    if (!reading && command.time_shift_to_now) return "--time-shift-to-now needs --read FILE";
    if (command.read == "-" && command.time_shift_to_now) return "--time-shift-to-now reads twice, so it needs a file";
    if (reading && command.config.empty() && command.report == Report::none) command.report = Report::table;
    const base::Seconds bucket = set.bucket_seconds.value_or(300);
    if (command.report == Report::none && bucket < 10) return "--bucket must be from 10 to 3600 seconds";
    return {};
  });
}

Parsed<WebCommand> parse_web(int argc, const char* const* argv) {
  WebCommand command;
  CLI::App app("The pages, graphs and API of PasTmon.", "pastmon-web");
  add_common(app, "pastmon-web", command.config, paths().web_file);
  add_service(app, command.foreground, command.check_config, command.overrides.pid_file);
  app.add_option("--listen", command.overrides.listen, "Listen here instead of where the file says")
      ->type_name("ADDRESS:PORT");
  app.add_option("--address-file", command.address_file, "Write the address and port listened on to this file")
      ->type_name("FILE");
  app.footer(
      "\nExamples:\n"
      "  pastmon-web -c /etc/pastmon/pastmon-web.conf     serve http://127.0.0.1:8080/PasTmon/, as a service\n"
      "  pastmon-web -f -c my-web.conf --listen 127.0.0.1:9090\n"
      "  pastmon-web -c my-web.conf --check-config        is the configuration right?");
  return parse(app, command, argc, argv, "pastmon-web", [] { return std::string(); });
}

namespace {

/// What stands behind --from and --to; an error line, or "".
std::string times_of(const std::string& from, const std::string& to, ExportCommand& command) {
  for (const auto& [option, text, time] :
       {std::tuple("--from", &from, &command.from), std::tuple("--to", &to, &command.to)}) {
    if (text->empty()) continue;
    const base::Result<base::Seconds> parsed = base::parse_time(*text);
    if (!parsed) return cat(option, ": ", parsed.message());
    *time = *parsed;
  }
  return command.from < command.to ? "" : "--to must be later than --from";
}

void add_front(CLI::App& create, FrontCommand& set) {
  create.add_flag("--front", set.front, "Make it a front: a database that shows those of several groups of sensors");
  create
      .add_option(
          "--group", set.groups,
          "With --front: a group's name and its database, as \"north=host=db1 dbname=pastmon2 user=pastmon_web\"; "
          "may stand several times")
      ->type_name("NAME=CONNINFO")
      ->allow_extra_args(false);
  create.add_option("--remove-group", set.removed, "With --front: show this group no longer; may stand several times")
      ->type_name("NAME")
      ->allow_extra_args(false);
  create.add_option("--passwords", set.passwords, "With --group: file with GROUP:PASSWORD lines, mode 0600 or 0640")
      ->type_name("FILE");
}

/// An error line, or "".
std::string check_front(const FrontCommand& set) {
  const bool any = !set.groups.empty() || !set.removed.empty() || !set.passwords.empty();
  if (any && !set.front) return "--group, --remove-group and --passwords need --front";
  for (const std::string& group : set.groups) {
    const std::size_t equals = group.find('=');
    if (equals == std::string::npos || equals == 0 || group.find('=', equals + 1) == std::string::npos)
      return "--group wants NAME=CONNINFO, such as \"north=host=db1 dbname=pastmon2 user=pastmon_web\"";
  }
  return {};
}

void add_export(CLI::App& app, AdminCommand& command, std::string& from, std::string& to) {
  CLI::App* sub = app.add_subcommand("export", "Print the stored rows with every metric, for other programs");
  ExportCommand& set = command.exported;
  sub->fallthrough();
  sub->add_option("--level", set.level, "1: the rows as measured (default); 2: the archive of longer intervals")
      ->check(CLI::IsMember({1, 2}))
      ->type_name("LEVEL");
  sub->add_option("--from", from, "Buckets that begin at this time or later (2026-11-26, RFC 3339, or seconds)")
      ->type_name("TIME");
  sub->add_option("--to", to, "… and before this time")->type_name("TIME");
  sub->add_option_function<std::string>(
         "--format", [&set](const std::string& format) { set.json = format == "json"; },
         "csv (default), or json: one object a line")
      ->check(CLI::IsMember({"csv", "json"}))
      ->type_name("FORMAT");
  sub->add_option("--sensor", set.sensors, "Only rows of this sensor; may stand several times")
      ->type_name("NAME")
      ->allow_extra_args(false);
  sub->add_flag("--open", set.open, "Level 1: buckets that are still open, too");
  sub->callback([&command] { command.action = AdminAction::export_rows; });
}

void add_journal(CLI::App& app, AdminCommand& command) {
  CLI::App* sub = app.add_subcommand("journal", "Show what waits for the database, or write it into one");
  JournalCommand& set = command.journal;
  sub->fallthrough();
  sub->require_subcommand(1);
  sub->add_option("--directory", set.directory, "The journal's directory, instead of the configuration's")
      ->type_name("DIRECTORY");
  CLI::App* show = sub->add_subcommand("show", "One line a batch; the daemon may be at work");
  show->fallthrough();
  show->callback([&command] { command.action = AdminAction::journal_show; });
  CLI::App* replay = sub->add_subcommand("replay", "Write the batches of a stopped daemon into a database, each once");
  replay->fallthrough();
  replay
      ->add_option_function<std::string>(
          "--to", [&set](const std::string& to) { set.sqlite_file = to.substr(std::string_view("sqlite:").size()); },
          "sqlite:FILE, instead of the configuration's database")
      ->check([](const std::string& to) -> std::string {
        return to.starts_with("sqlite:") && to != "sqlite:" ? "" : "--to wants sqlite:FILE";
      })
      ->type_name("DATABASE");
  replay->add_flag("--keep", set.keep, "Leave the files where they are");
  replay->callback([&command] { command.action = AdminAction::journal_replay; });
}

void add_migrate(CLI::App& app, AdminCommand& command) {
  CLI::App* sub = app.add_subcommand("migrate", "Copy all of one database into another; may be cut and run again");
  MigrateCommand& set = command.migrated;
  const CLI::Validator place(
      [](const std::string& text) -> std::string {
        if (text == "pgsql" || (text.starts_with(kMigrateFile) && text.size() > kMigrateFile.size())) return {};
        return cat("\"", text, "\" is neither sqlite:FILE nor pgsql");
      },
      "");
  sub->fallthrough();
  sub->add_option("--from", set.from, "sqlite:FILE, or pgsql: the database that the configuration names")
      ->required()
      ->check(place)
      ->type_name("DATABASE");
  sub->add_option("--to", set.to, "The same of the database that gets it all")
      ->required()
      ->check(place)
      ->type_name("DATABASE");
  sub->add_option("--from-config", set.from_config, "Configuration that names the PostgreSQL database of --from")
      ->type_name("FILE");
  sub->add_option("--to-config", set.to_config, "… of --to; without one: --config")->type_name("FILE");
  sub->add_flag("--beside-sensor", set.beside_sensor, "The pastmon that runs here does not write to the source");
  sub->callback([&command] { command.action = AdminAction::migrate; });
}

void add_user(CLI::App& app, AdminCommand& command) {
  CLI::App* users = app.add_subcommand("user", "The users of the web server");
  users->fallthrough();
  users->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, AdminAction action) {
    CLI::App* sub = users->add_subcommand(name, description);
    sub->fallthrough();
    sub->callback([&command, action] { command.action = action; });
    sub->add_option("--web-config", command.web_config,
                    "Configuration of the web server (pastmon-web.conf beside the other one)")
        ->type_name("FILE");
    return sub;
  };
  CLI::App* created = add("add", "Let somebody log in; asks for a password", AdminAction::user_add);
  CLI::App* password = add("password", "Give a new password, and end the user's sessions", AdminAction::user_password);
  CLI::App* role = add("role", "Give another role", AdminAction::user_role);
  CLI::App* removed = add("remove", "Remove a user", AdminAction::user_remove);
  add("list", "Print the users", AdminAction::user_list);
  for (CLI::App* sub : {created, password, role, removed})
    sub->add_option("NAME", command.user.name, "The user's name: letters, digits and . _ - @")->required();
  for (CLI::App* sub : {created, role}) {
    sub->add_option("--role", command.user.role, "reader: may look; editor: may change favourites, too")
        ->check(CLI::IsMember({"reader", "editor"}))
        ->required();
  }
  for (CLI::App* sub : {created, password})
    sub->add_flag("--password-stdin", command.user.password_stdin, "Take the password from standard input, one line");
}

}  // namespace

Parsed<AdminCommand> parse_admin(int argc, const char* const* argv) {
  AdminCommand command;
  std::vector<const char*> words(argv, argv + argc);
  if (argc > 0 && std::string_view(argv[0]).ends_with("create_database_summary"))
    words.insert(words.begin() + 1, "create-database");
  CLI::App app("Creates and checks PasTmon's database, tries signatures.", "pastmon-admin");
  add_common(app, "pastmon-admin", command.config, paths().daemon_file);
  const auto add = [&](const char* name, const char* description, AdminAction action) {
    CLI::App* sub = app.add_subcommand(name, description);
    sub->fallthrough();
    sub->callback([&command, action] { command.action = action; });
    return sub;
  };
  CLI::App* create = add("create-database",
                         "Create roles, database and schema, or bring an older database up to date; deletes nothing",
                         AdminAction::create_database);
  CLI::App* upgrade =
      add("upgrade-database", "Bring an older database up to date; creates none", AdminAction::upgrade_database);
  CLI::App* drop =
      add("drop-database", "Delete the whole database; its name has to be typed twice", AdminAction::drop_database);
  for (CLI::App* sub : {create, upgrade, drop}) add_login(*sub, command.login);
  add_front(*create, command.front);
  for (CLI::App* sub : {create, upgrade}) {
    sub->add_option("--web-config", command.web_config,
                    "Configuration of the web server, for its role (pastmon-web.conf beside the other one)")
        ->type_name("FILE");
  }
  add("check", "Connect to the database and check its schema", AdminAction::check);
  add("check-config", "Check the configuration file and print what is in effect", AdminAction::check_config);
  std::string from, to;
  add_export(app, command, from, to);
  add_journal(app, command);
  add_migrate(app, command);
  CLI::App* sensor = app.add_subcommand("sensor", "The sensors that share the database");
  sensor->fallthrough();
  sensor->require_subcommand(1);
  CLI::App* release = sensor->add_subcommand("release", "Let another machine take over a sensor's name");
  release->fallthrough();
  release->add_option("NAME", command.sensor, "The sensor's name")->required();
  release->callback([&command] { command.action = AdminAction::sensor_release; });
  add_user(app, command);
  CLI::App* signature = app.add_subcommand("signature", "Try signatures");
  CLI::App* test =
      signature->add_subcommand("test", "What the signatures of a file match in a capture, and what nearly");
  test->add_option("FILE", command.signature_file, "The signature file (*.conf)")->required();
  test->add_option("CAPTURE", command.capture, "A capture file (pcap or pcapng)")->required();
  test->add_option("--first", command.first, "Matches and near misses shown, 0 to 100000")
      ->check(CLI::Range(0, 100'000))
      ->type_name("N");
  test->add_flag("--json", command.json, "One JSON object a line");
  test->callback([&command] { command.action = AdminAction::signature_test; });
  signature->require_subcommand(1);
  app.require_subcommand(1);
  app.footer(
      "\nExamples:\n"
      "  pastmon-admin create-database                    as root or postgres, on the database's host\n"
      "  pastmon-admin create-database --admin-user boss --ask-password\n"
      "  pastmon-admin -c /etc/pastmon/pastmon.conf check\n"
      "  pastmon-admin export --from 2026-11-01 --to 2026-12-01 --format csv > november.csv\n"
      "  pastmon-admin journal --directory /mnt/old-sensor replay\n"
      "  pastmon-admin migrate --from sqlite:/var/lib/pastmon/pastmon.db --to pgsql\n"
      "  pastmon-admin user add alice --role editor\n"
      "  pastmon-admin signature test my-service.conf capture.pcap");
  return parse(app, command, static_cast<int>(words.size()), words.data(), "pastmon-admin", [&]() -> std::string {
    if (command.login.ask_password && !command.login.password_file.empty())
      return "--ask-password and --password-file exclude each other";
    if (const std::string wrong = check_front(command.front); !wrong.empty()) return wrong;
    if (const std::string wrong = times_of(from, to, command.exported); !wrong.empty()) return wrong;
    if (command.exported.open && command.exported.level == 2) return "--open is for level 1";
    return {};
  });
}

Parsed<SummariseCommand> parse_summarise(int argc, const char* const* argv) {
  constexpr const char* kName = "pastmon_summarise_level_2";
  SummariseCommand command;
  CLI::App app("Adds up old rows of level 1 over longer intervals, into level 2.", kName);
  add_common(app, kName, command.config, paths().daemon_file);
  app.add_option("--age", command.age_days, "Rows of level 1 that are older than so many days (32)")
      ->type_name("DAYS")
      ->check(CLI::Range(1, 36'500));
  app.add_option("--interval", command.interval, "Length of what they are added up to, in seconds (3600)")
      ->type_name("SECONDS")
      ->check(CLI::Range(10, 604'800));
  app.add_flag("--delete", command.remove, "Then remove them from level 1, and what else is too old (see the manual)");
  app.add_flag("--dry-run", command.dry_run, "Only tell what would be done");
  app.add_option("--max-runtime", command.max_runtime, "Stop after so long; the next run goes on")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 31'536'000));
  app.add_flag("--progress", command.progress, "Show a bar, on a terminal");
  app.footer(
      "\nOne line on standard output says what was done. Exit status: 0 done (also when stopped early, or when "
      "another\n"
      "one is at work), 1 the database failed, 2 wrong command line or configuration.\n"
      "\nExamples:\n"
      "  0 1 * * * pastmon_summarise_level_2 --age=32 --interval=3600 --delete    every night, in a crontab\n"
      "  pastmon_summarise_level_2 --age=32 --interval=3600 --dry-run             what would it do?");
  return parse(app, command, argc, argv, kName, [] { return std::string(); });
}

const char* version() { return PASTMON_VERSION; }

}  // namespace pastmon::config
