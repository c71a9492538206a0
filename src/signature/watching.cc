// SPDX-License-Identifier: MIT
// What a watched engine tells (watch.h). Everything here runs only when somebody watches.
#include <algorithm>
#include <vector>

#include "engine_impl.h"

namespace pastmon::signature {
namespace {

std::string_view text(Bytes bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data), bytes.size}; }

}  // namespace

/// The last match was of the request that begins.
void Engine::Impl::tell_request(const Conversation& c, flow::Side side, const Signature& s, NameId row,
                                base::Micros at) {
  std::vector<SeenGroup> groups;
  for (const base::Regex::Group& group : s.request->regex.groups()) {
    const bool id = std::any_of(s.request->ids.begin(), s.request->ids.end(),
                                [&](const auto& known) { return known.group == group.number; });
    const bool named = s.name.has_group(group.number);
    if ((id || named) && match_.group_set(group.number)) groups.push_back({group.name, match_.group(group.number)});
  }
  watch_->request({name(row), &c.endpoints[side], at, groups});
}

void Engine::Impl::tell_near(Near kind, const Conversation& c, flow::Side client, const Signature* s, Bytes bytes,
                             Bytes answer) {
  const std::string_view where = s != nullptr ? std::string_view(s->where) : std::string_view();
  watch_->near_miss({kind, where, &c.endpoints[client], clock_, text(bytes), text(answer)});
}

/// `mine` was said by `first`, `theirs` behind it, and no service was recognised: what could it have been?
void Engine::Impl::tell_unrecognised(const Conversation& c, flow::Side first, Bytes mine, Bytes theirs) {
  const auto carrier = static_cast<std::size_t>(c.carrier);
  const auto client_of = [&](bool response) { return static_cast<flow::Side>(response ? 1 - first : first); };
  if (mine.size > 0) {
    for (const Candidate& candidate : set_of(c).candidates[carrier]) {
      const Pattern* p = candidate.response ? candidate.signature->response : candidate.signature->request;
      if (candidate.response || !possible(c, candidate, first, true) || !match(p, mine)) continue;
      if (!window_of(*candidate.protocol, true, mine, true).bad) continue;
      tell_near(Near::framing, c, client_of(false), candidate.signature, mine, {});
    }
  }
  for (const auto& [candidate, id] : weak_) {
    const Near kind = theirs.size > 0 ? Near::unpaired : Near::alone;
    tell_near(kind, c, client_of(candidate->response), candidate->signature, mine, theirs);
  }
  for (const Protocol& p : set_of(c).protocols) {
    if (p.spec.carrier != c.carrier || !(p.listed(c.port_of(0)) || p.listed(c.port_of(1)))) continue;
    return tell_near(Near::nobody, c, c.client, nullptr, first == c.client ? mine : theirs,
                     first == c.client ? theirs : mine);
  }
}

}  // namespace pastmon::signature
