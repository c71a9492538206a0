// SPDX-License-Identifier: MIT
#include "pastmon/config/signature_file.h"

#include <algorithm>
#include <filesystem>

#include "pastmon/base/text.h"
#include "signature_schema.h"

namespace pastmon::config {
namespace {

std::string where(const Place& place) { return base::cat(place.file, ":", place.line); }
base::Error error(const Place& place, std::string_view message) { return {base::cat(where(place), ": ", message)}; }

template <class E>
E one_of(const std::vector<std::pair<std::string_view, E>>& words, std::string_view word) {
  for (const auto& [text, value] : words) {
    if (text == word) return value;
  }
  return words.front().second;
}

FramingKind framing_kind(std::string_view word) {
  using enum FramingKind;
  return one_of<FramingKind>({{"turn", turn},
                              {"datagram", datagram},
                              {"line", line},
                              {"length", length},
                              {"http", http},
                              {"tls", tls},
                              {"resp", resp},
                              {"ber", ber},
                              {"imap", imap},
                              {"memcached", memcached},
                              {"rpc", rpc},
                              {"smb2", smb2},
                              {"http2", http2}},
                             word);
}

Recognise recognise(std::string_view word) {
  return one_of<Recognise>({{"request", Recognise::request},
                            {"either", Recognise::either},
                            {"pair", Recognise::pair},
                            {"both", Recognise::both},
                            {"exchange", Recognise::exchange},
                            {"port", Recognise::port},
                            {"never", Recognise::never}},
                           word);
}

base::Result<FramingSpec> framing(const Section& from) {
  FramingSpec f;
  f.kind = framing_kind(from.text("framing"));
  if (from.given("length") != (f.kind == FramingKind::length)) {
    return error(from.place("length"), f.kind == FramingKind::length ? "framing = \"length\" needs a section length"
                                                                     : "a section length is for framing = \"length\"");
  }
  const Section& length = from.group("length");
  f.offset = static_cast<std::uint32_t>(length.integer("offset"));
  f.width = static_cast<std::uint32_t>(length.integer("width"));
  f.little_endian = length.text("order") == "little";
  f.varint = length.text("order") == "varint";
  f.adjust = length.integer("adjust");
  f.align = static_cast<std::uint32_t>(length.integer("align"));
  f.max = static_cast<std::uint64_t>(length.integer("max"));
  f.join = length.boolean("join");
  f.bits = static_cast<std::uint32_t>(length.integer("bits"));
  if (length.has("pad_at")) f.pad_at = static_cast<std::int32_t>(length.integer("pad_at"));
  f.hide = static_cast<std::uint32_t>(length.integer("hide"));
  return f;
}

base::Result<CarrierSpec> carrier(const Section& from) {
  CarrierSpec c;
  c.carrier = one_of<Carrier>(
      {{"tcp", Carrier::tcp}, {"udp", Carrier::udp}, {"icmp", Carrier::icmp}, {"icmpv6", Carrier::icmpv6}},
      from.text("transport"));
  auto f = framing(from);
  if (!f) return f.error();
  c.framing = std::move(*f);
  for (const auto& [key, out] : {std::pair{"first_message", &c.first_message}, {"other_message", &c.other_message}}) {
    for (const Section& section : from.groups(key)) {
      if (*out) return error(section.place(), base::cat(key, " stands twice"));
      auto g = framing(section);
      if (!g) return g.error();
      g->when = section.text("when");
      *out = std::move(*g);
    }
  }
  for (const std::int64_t port : from.integers("ports")) c.ports.push_back(static_cast<std::uint16_t>(port));
  c.ports_only = from.boolean("ports_only");
  return c;
}

/// The bytes that "0x0001" stands for. Nothing when it is no such text.
std::optional<std::string> parse_hex(std::string_view text) {
  if (!text.starts_with("0x") || text.size() % 2 != 0 || text.size() < 4) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    int value = 0;
    for (const char c : text.substr(i, 2)) {
      const std::size_t digit =
          std::string_view("0123456789abcdef").find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == std::string_view::npos) return std::nullopt;
      value = value * 16 + static_cast<int>(digit);
    }
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

/// "GET", "QUERY=Q" or "A=0x0001"; the bytes are those behind "=", else the word's own. Nothing when it is none.
std::optional<NameValues::Word> parse_word(std::string_view text) {
  const std::size_t equals = text.find('=');
  NameValues::Word word{std::string(text.substr(0, equals)), std::string(text)};
  if (word.word.empty()) return std::nullopt;
  if (equals == std::string_view::npos) return word;
  const std::string_view bytes = text.substr(equals + 1);
  word.bytes = std::string(bytes);
  if (!bytes.starts_with("0x")) return bytes.empty() ? std::nullopt : std::optional(word);
  auto parsed = parse_hex(bytes);
  if (!parsed) return std::nullopt;
  word.bytes = std::move(*parsed);
  return word;
}

base::Result<std::vector<NameValues>> values(const Section& from) {
  std::vector<NameValues> lists;
  for (const std::string& group : from.keys()) {
    NameValues& list = lists.emplace_back();
    list.group = group;
    for (const std::string_view text : base::split(from.text(group), ' ')) {
      if (base::trim(text).empty()) continue;
      auto word = parse_word(base::trim(text));
      if (!word) return error(from.place(group), base::cat("'", text, "' is neither WORD, WORD=bytes nor WORD=0xhex"));
      list.words.push_back(std::move(*word));
    }
    if (list.words.empty()) return error(from.place(group), base::cat("no values for '", group, "'"));
  }
  return lists;
}

base::Result<SignatureSpec> signature(const Section& from) {
  SignatureSpec s;
  s.where = where(from.place());
  s.name = from.text("name");
  auto lists = values(from.group("values"));
  if (!lists) return lists.error();
  s.values = std::move(*lists);
  s.fold_case = from.boolean("fold_case");
  for (const auto& [key, out] : {std::pair{"request", &s.request},
                                 {"request_end", &s.request_end},
                                 {"request_part", &s.request_part},
                                 {"request_more", &s.request_more},
                                 {"response", &s.response},
                                 {"response_only", &s.response_only},
                                 {"response_end", &s.response_end},
                                 {"response_next", &s.response_next},
                                 {"response_pauses", &s.response_pauses},
                                 {"response_skips", &s.response_skips},
                                 {"interim", &s.interim},
                                 {"error", &s.error},
                                 {"after", &s.after},
                                 {"after_response", &s.after_response},
                                 {"observe", &s.observe},
                                 {"observe_request", &s.observe_request},
                                 {"request_upgrade", &s.request_upgrade}}) {
    *out = from.text(key);
  }
  s.request_until_turn = from.has("request_until");
  s.response_until_turn = from.has("response_until");
  s.response_bytes = static_cast<std::uint32_t>(from.integer("response_bytes"));
  for (const Section& u : from.groups("upgrade")) {
    const auto as = parse_hex(u.text("goes_on_as"));
    if (u.given("goes_on_as") && (!as || u.text("to") == "*"))
      return error(u.place("goes_on_as"), "goes_on_as needs bytes in hexadecimal (0x0001) and the name of a service");
    s.upgrade.push_back({u.text("response"), u.text("to"), as.value_or("")});
  }
  for (const Section& r : from.groups("rename")) s.rename.push_back({r.text("response"), r.text("name")});
  s.greeting = from.boolean("greeting");
  s.no_reply = from.boolean("no_reply");
  if (from.has("mutes")) {
    s.mutes = one_of<Mutes>({{"next", Mutes::next}, {"all", Mutes::all}, {"none", Mutes::none}}, from.text("mutes"));
  }
  s.wait = from.boolean("wait");
  s.early_waits = from.boolean("early_waits");
  s.chunks = from.boolean("chunks");
  s.estimated = from.boolean("estimated");
  s.alone = from.boolean("alone");
  s.silent = from.boolean("silent");
  if (from.has("recognise")) s.recognise = recognise(from.text("recognise"));
  s.timeout = from.integer("timeout");
  return s;
}

base::Result<ExpectRule> expected(const Section& from) {
  const std::string request = from.text("request");
  const std::string response = from.text("response");
  if (request.empty() == response.empty()) return error(from.place(), "expect needs either a request or a response");
  return ExpectRule{response.empty(), response.empty() ? request : response, from.text("service")};
}

base::Result<ServiceSpec> service(const Section& from) {
  ServiceSpec s;
  s.where = where(from.place());
  s.name = from.text("name");
  for (const Section& over : from.groups("over")) {
    auto c = carrier(over);
    if (!c) return c.error();
    s.over.push_back(std::move(*c));
  }
  s.pairing = from.text("pairing") == "id"      ? Pairing::id
              : from.text("pairing") == "match" ? Pairing::match
                                                : Pairing::order;
  s.scope = one_of<Scope>({{"flow", Scope::flow}, {"id", Scope::id}, {"client", Scope::client}}, from.text("scope"));
  s.recognise = recognise(from.text("recognise"));
  s.part_of = from.text("part_of");
  s.window = static_cast<std::uint32_t>(from.integer("window"));
  s.in_order = from.boolean("in_order");
  s.repeats = from.boolean("repeats");
  s.both_ways = from.boolean("both_ways");
  s.untagged = from.text("untagged");
  s.ignore = from.text("ignore");
  s.ignore_request = from.text("ignore_request");
  s.abort = from.text("abort");
  s.abort_above = from.text("abort_above");
  s.closes = from.text("closes");
  for (const Section& section : from.groups("expect")) {
    auto rule = expected(section);
    if (!rule) return rule.error();
    s.expect.push_back(std::move(*rule));
  }
  for (const Section& section : from.groups("signatures")) {
    auto r = signature(section);
    if (!r) return r.error();
    s.signatures.push_back(std::move(*r));
  }
  return s;
}

}  // namespace

base::Result<std::vector<ServiceSpec>> load_signature_file(const std::string& path) {
  const auto file = read_file(path, signature_file_schema());
  if (!file) return file.error();
  std::vector<ServiceSpec> services;
  for (const Section& section : file->groups("service")) {
    auto s = service(section);
    if (!s) return s.error();
    services.push_back(std::move(*s));
  }
  return services;
}

base::Result<std::vector<ServiceSpec>> load_signature_directory(const std::string& directory) {
  std::error_code failed;
  std::vector<std::string> paths;
  for (auto at = std::filesystem::directory_iterator(directory, failed);
       !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    if (at->path().extension() == ".conf") paths.push_back(at->path().string());
  }
  if (failed) return base::Error{base::cat("cannot read the signature directory ", directory, ": ", failed.message())};
  if (paths.empty()) return base::Error{base::cat("no *.conf file in the signature directory ", directory)};
  std::sort(paths.begin(), paths.end());
  std::vector<ServiceSpec> all;
  for (const std::string& path : paths) {
    auto services = load_signature_file(path);
    if (!services) return services.error();
    std::move(services->begin(), services->end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace pastmon::config
