// SPDX-License-Identifier: MIT
#include "favourite.h"

#include <cctype>

#include "figures.h"
#include "format.h"
#include "graph_lines.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

/// "Response time" within a sentence; "MSS" stays as it is.
std::string inside_sentence(std::string_view title) {
  std::string text(title);
  const auto upper = [&](std::size_t i) { return std::isupper(static_cast<unsigned char>(text[i])) != 0; };
  if (!text.empty() && (text.size() == 1 || !upper(1)))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string favourite_host(const Choice& choice, const std::string& like, const Names& names) {
  if (!choice.one()) return like.empty() ? std::string("*") : base::cat("/", format::wire_text(like), "/");
  const auto address = base::Address::parse(choice.text);
  const store::Host* host = address ? names.host(store::id_of(*address)) : nullptr;
  return format::wire_text(host != nullptr && !host->name.empty() ? host->name : choice.text);
}

std::string joined_keys(const std::vector<Line>& lines) {
  std::string keys;
  for (const Line& line : lines) keys += base::cat(keys.empty() ? "" : ",", line.key);
  return keys;
}

/// The lines as the graph draws them; "" for the usual ones, however they were asked for.
std::string canonical_lines(const metric::Info& info, std::string_view lines) {
  const std::string keys = joined_keys(chosen_lines(info.kind, lines));
  return keys == joined_keys(chosen_lines(info.kind, "")) ? std::string() : keys;
}

/// " avg, p95"; "" when the graph has its usual lines.
std::string line_words(const metric::Info& info, std::string_view lines) {
  if (canonical_lines(info, lines).empty()) return "";
  std::string words;
  for (const Line& line : chosen_lines(info.kind, lines))
    words += base::cat(words.empty() ? " " : ", ", inside_sentence(line.title));
  return words;
}

}  // namespace

QueryState favourite_of(const QueryState& query) {
  QueryState kept = query.with_time("", "");
  kept.favourite.clear();
  kept.limit = 0;
  kept.compare.clear();
  const metric::Info* info = metric::find(kept.metric);
  kept.lines = info != nullptr ? canonical_lines(*info, kept.lines) : std::string();
  kept.rows = false;
  kept.order = store::Order::transactions;
  kept.descending = true;
  if (kept.signature.open()) kept.signature.text = "*";
  // A pattern says which hosts are meant as long as none is chosen; "*" would take its place.
  if (kept.client.open() && kept.client_like.empty()) kept.client.text = "*";
  if (kept.server.open() && kept.server_like.empty()) kept.server.text = "*";
  if (!kept.client.open()) kept.client_like.clear();
  if (!kept.server.open()) kept.server_like.clear();
  return kept;
}

std::string favourite_text(const QueryState& query) {
  const std::string url = favourite_of(query).url("");
  return url.empty() ? url : url.substr(1);
}

std::optional<QueryState> read_favourite(std::string_view stored) {
  const auto parameters = Parameters::parse(stored);
  if (!parameters) return std::nullopt;
  QueryState query = favourite_of(QueryState::parse(*parameters));
  const metric::Info* info = metric::find(query.metric);
  if (info == nullptr || !shown_alone(*info)) return std::nullopt;
  return query;
}

std::string favourite_title(const QueryState& query, const Names& names) {
  const std::string signature = query.signature.one() ? format::wire_text(query.signature.text) : "All services";
  std::string title = base::cat(signature, ": ", favourite_host(query.client, query.client_like, names), " to ",
                                favourite_host(query.server, query.server_like, names));
  if (!query.port.empty()) title += base::cat(" port ", query.port);
  const metric::Info* info = metric::find(query.metric);
  title += base::cat(", ", info != nullptr ? inside_sentence(info->title) : std::string("graph"));
  if (info != nullptr) title += line_words(*info, query.lines);
  if (!query.sensor.empty()) title += base::cat(", sensor ", format::wire_text(query.sensor));
  if (query.level == store::Level::two) title += ", Level 2";
  if (query.level == store::Level::all) title += ", both levels";
  return clean_title(title);
}

std::string clean_title(std::string_view typed) {
  std::string text;
  bool space = false;
  for (const char c : format::wire_text(typed)) {
    space = space || c == ' ';
    if (c == ' ') continue;
    if (space && !text.empty()) text += ' ';
    space = false;
    text += c;
  }
  if (text.size() <= kMaxFavouriteTitle) return text;
  std::size_t end = kMaxFavouriteTitle - 3;  // room for the ellipsis
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

}  // namespace pastmon::web
