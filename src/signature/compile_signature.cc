// SPDX-License-Identifier: MIT
#include <algorithm>
#include <tuple>

#include "compiler.h"
#include "pastmon/base/text.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kMaxSignatures = 4096;

}  // namespace

base::Result<void> Compiler::patterns_of(const Spec& spec, Signature& s) {
  const std::tuple<std::string_view, const std::string&, const Pattern*&> all[] = {
      {"request", spec.request, s.request},
      {"request_end", spec.request_end, s.request_end},
      {"request_part", spec.request_part, s.request_part},
      {"request_more", spec.request_more, s.request_more},
      {"response", spec.response, s.response},
      {"response_only", spec.response_only, s.response_only},
      {"response_end", spec.response_end, s.response_end},
      {"response_next", spec.response_next, s.response_next},
      {"response_pauses", spec.response_pauses, s.response_pauses},
      {"response_skips", spec.response_skips, s.response_skips},
      {"interim", spec.interim, s.interim},
      {"error", spec.error, s.error},
      {"after_response", spec.after_response, s.after_response}};
  for (const auto& [what, text, out] : all) {
    if (auto r = assign(spec, what, text, out); !r) return r;
  }
  return {};
}

base::Result<void> Compiler::check_groups(const Spec& spec, const Pattern* p, bool names) {
  if (p == nullptr) return {};
  for (const base::Regex::Group& group : p->regex.groups()) {
    const bool special = group.name == "id" || group.name == "id7" || group.name == "id_even" ||
                         group.name == "id_text" || group.name == "id_behind" || group.name == "status" ||
                         group.name == "skip" || group.name == "detail";
    const bool named = names && spec.name.find("{" + group.name + "}") != std::string::npos;
    if (!special && !named)
      return error(
          spec.where,
          base::cat("group '", group.name,
                    "' is neither in the name nor one of id, id7, id_even, id_text, id_behind, status, skip, detail"));
  }
  return {};
}

base::Result<void> Compiler::check(const config::ServiceSpec& service, const Spec& spec, const Signature& s) {
  if (s.greeting ? s.request != nullptr || s.response == nullptr : s.request == nullptr) {
    return error(spec.where, s.greeting ? "a greeting has a response and no request" : "a signature needs a request");
  }
  if (auto r = check_groups(spec, s.request, true); !r) return r;
  if (auto r = check_groups(spec, s.response, false); !r) return r;
  const bool by_id = service.pairing == config::Pairing::id;
  if (by_id && !s.no_reply && service.scope != config::Scope::client && !s.greeting &&
      (s.request->ids.empty() || s.response == nullptr || s.response->ids.empty())) {
    return error(spec.where, "pairing = \"id\" needs a group 'id' in request and response");
  }
  if (service.pairing == config::Pairing::match && !s.no_reply && !s.greeting && s.response == nullptr) {
    return error(spec.where, "pairing = \"match\" needs a response");
  }
  if (spec.mutes != config::Mutes::nothing && service.pairing != config::Pairing::order) {
    return error(spec.where, "mutes is for pairing = \"order\"");
  }
  if ((s.after_response != nullptr) != !spec.after.empty()) {
    return error(spec.where, "after and after_response belong together");
  }
  if (s.request_part != nullptr && (!by_id || s.request_part->ids.empty() || s.request_end == nullptr)) {
    return error(spec.where, "request_part needs pairing = \"id\", a group 'id' and request_end");
  }
  if (s.request_end != nullptr && s.request_until_turn) {
    return error(spec.where, "a request has either request_end or request_until = \"turn\"");
  }
  if (s.chunks && (s.request_end == nullptr || s.request->skip == 0 || service.pairing != config::Pairing::order)) {
    return error(spec.where, "chunks needs pairing = \"order\", request_end and a group 'skip' in request");
  }
  if (s.response_end != nullptr && s.response_until_turn) {
    return error(spec.where, "a response has either response_end or response_until = \"turn\"");
  }
  if (s.response_next != nullptr && (!s.response_until_turn || service.pairing != config::Pairing::order)) {
    return error(spec.where, "response_next is for response_until = \"turn\" and pairing by order");
  }
  if (++set_.signatures > kMaxSignatures) return error(spec.where, "more than 4096 signatures");
  return {};
}

base::Result<void> Compiler::signature(const config::ServiceSpec& service, const Spec& spec, Service& owner) {
  Signature& s = owner.signatures.emplace_back();
  s.service = &owner;
  s.where = spec.where;
  s.text = spec.name;
  s.number = set_.signatures;
  if (auto r = patterns_of(spec, s); !r) return r;
  s.observe = spec.observe;
  s.observe_request = spec.observe_request;
  owner.observes_request = owner.observes_request || !s.observe_request.empty();
  s.response_bytes = spec.response_bytes;
  s.request_until_turn = spec.request_until_turn;
  s.response_until_turn = spec.response_until_turn;
  s.greeting = spec.greeting;
  s.no_reply = spec.no_reply;
  s.mutes = spec.mutes;
  s.wait = spec.wait;
  s.early_waits = spec.early_waits;
  s.estimated = spec.estimated;
  s.alone = spec.alone;
  s.chunks = spec.chunks;
  s.silent = spec.silent;
  s.recognise = spec.recognise.value_or(service.recognise);
  const auto timer = std::find(set_.timeouts.begin(), set_.timeouts.end(), spec.timeout);
  s.timer = static_cast<std::uint16_t>(timer - set_.timeouts.begin());
  if (timer == set_.timeouts.end()) set_.timeouts.push_back(spec.timeout);
  if (auto r = check(service, spec, s); !r) return r;
  auto name =
      NameTemplate::compile(spec.name, spec.values, spec.fold_case, s.request != nullptr ? &s.request->regex : nullptr);
  if (!name) return error(spec.where, name.message());
  s.name = std::move(*name);
  if (s.estimated) set_.estimated.insert(s.name.names().begin(), s.name.names().end());
  return names_of(spec, owner, s);
}

base::Result<void> Compiler::names_of(const Spec& spec, Service& owner, Signature& s) {
  s.first_name = static_cast<std::uint32_t>(set_.name_map.size());
  for (const std::string& text : s.name.names()) {
    auto name = add_name(spec.where, text, owner);
    if (!name) return name.error();
    set_.name_map.push_back(*name);
  }
  return {};
}

}  // namespace pastmon::signature
