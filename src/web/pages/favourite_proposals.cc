// SPDX-License-Identifier: MIT
// An empty wall: what favourites are, and three good ones from what is in the data.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pages/favourite_card.h"
#include "pages/favourite_sections.h"
#include "pages/pages.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;
using store::Listed;

constexpr std::size_t kProposalServices = 500;  // looked at, by transactions
constexpr std::int64_t kProposalSamples = 100;  // fewer say nothing about how slow a service is
constexpr std::string_view kSynAck = "TCP SYNACK";

struct Proposal {
  std::string why;
  QueryState query;
};

/// Opened connections, names and pings are no services; they have the third place.
bool is_plumbing(std::string_view signature) {
  return signature == kSynAck || signature.starts_with("ICMP") || signature.starts_with("DNS ") ||
         signature.ends_with(" OTHER") || signature == "TLS DATA";
}

QueryState proposed_graph(const View& view, const Listed& row, std::string_view metric) {
  QueryState query;
  query.signature.text = view.names->signature(row.signature);
  query.server.text = host_key(view, row.server);
  if (row.port != 0) query.port = base::cat(row.port);
  query.metric = metric;
  return favourite_of(query);
}

std::optional<Proposal> busiest(const View& view, const std::vector<Listed>& rows) {
  for (const Listed& row : rows) {
    const bool timed = row.values[Distribution::response_time].summary.count > 0;
    if (!timed || is_plumbing(view.names->signature(row.signature))) continue;
    return Proposal{"The busiest service", proposed_graph(view, row, "response_time")};
  }
  return std::nullopt;
}

std::optional<Proposal> slowest(const View& view, const std::vector<Listed>& rows) {
  const Listed* worst = nullptr;
  for (const Listed& row : rows) {
    const metric::Summary& time = row.values[Distribution::server_time].summary;
    if (time.count < kProposalSamples || is_plumbing(view.names->signature(row.signature))) continue;
    if (worst == nullptr || time.mean() > worst->values[Distribution::server_time].summary.mean()) worst = &row;
  }
  if (worst == nullptr) return std::nullopt;
  return Proposal{"The server that takes longest", proposed_graph(view, *worst, "server_time")};
}

/// How connections open, else how names are answered, else pings.
std::optional<Proposal> plumbing(const View& view, const std::vector<Listed>& rows) {
  const auto named = [&](auto&& wanted) {
    return std::find_if(rows.begin(), rows.end(), [&](const Listed& row) {
      return row.values[Distribution::response_time].summary.count > 0 && wanted(view.names->signature(row.signature));
    });
  };
  QueryState query;
  query.metric = "response_time";
  const std::pair<const char*, const char*> kinds[] = {{"TCP SYNACK", "How fast servers accept connections"},
                                                       {"DNS ", "How fast names are answered"},
                                                       {"ICMP", "How fast pings come back"}};
  for (const auto& [prefix, why] : kinds) {
    const auto row = named([&prefix = prefix](const std::string& name) { return name.starts_with(prefix); });
    if (row == rows.end()) continue;
    query.signature.text = view.names->signature(row->signature);
    return Proposal{why, favourite_of(query)};
  }
  return std::nullopt;
}

base::Result<std::vector<Proposal>> proposals(View& view) {
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by.signature = query.group_by.server = query.group_by.port = true;
  query.details = false;
  query.limit = kProposalServices;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  std::vector<Proposal> found;
  for (auto* propose : {&busiest, &slowest, &plumbing}) {
    if (auto proposal = (*propose)(view, *rows)) found.push_back(std::move(*proposal));
  }
  return found;
}

}  // namespace

base::Result<void> fill_proposals(Page& page, View& view, const WallTime& time) {
  auto found = proposals(view);
  if (!found) return found.error();
  Model section = page.content().add("PROPOSALS");
  section.show_if(!view.request.visitor.may_change(), "NOT_EDITOR");
  if (found->empty()) {
    section.show("NOT_PROPOSED");
    fill_state(page.content().include("EMPTY", "state.html"), empty_state(view, kFavouritesPath));
    return {};
  }
  Model proposed = section.add("PROPOSED");
  for (const Proposal& proposal : *found) {
    const std::string title = favourite_title(proposal.query, *view.names);
    Model card = proposed.include("CARDS", "favourite_card.html");
    card.add("CARD_WHY").set("CARD_REASON", proposal.why);
    if (auto filled = fill_card(card, view, time, proposal.query, title); !filled) return filled;
    if (!view.request.visitor.may_change()) continue;
    Model form = card.add("ADD");
    QueryState kept = proposal.query;
    kept.range = view.query.range;
    add_fields(form, "FIELD", kept);
    form.add("FIELD").set("FIELD_NAME", "title").set("FIELD_VALUE", title);
    form.add("FIELD").set("FIELD_NAME", "then").set("FIELD_VALUE", "wall");
  }
  return {};
}

}  // namespace pastmon::web::pages
