// SPDX-License-Identifier: MIT
#include <algorithm>

#include "compiler.h"
#include "pastmon/base/text.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kMaxRpcLength = 4;  ///< the highest byte of the largest fragment of framing `rpc`

}  // namespace

base::Result<void> Compiler::resolve(const config::ServiceSpec& spec, Service& s) {
  for (std::size_t i = 0; i < spec.signatures.size(); ++i) {
    const Spec& from = spec.signatures[i];
    Signature& to = s.signatures[i];
    if (!from.after.empty()) {
      const auto name = owners_.find(from.after);
      if (name == owners_.end() || name->second.second->family != s.family) {
        return error(from.where, base::cat("after: service '", s.name, "' gives no name '", from.after, "'"));
      }
      to.after = name->second.first;
      s.follows = true;
    }
    if (auto r = rules(from, s, to); !r) return r;
    if (to.greeting) {
      if (s.greeting != nullptr) return error(from.where, "a service has one greeting");
      s.greeting = &to;
    } else if (to.after < 0) {
      s.requests.add(to.request->first, static_cast<std::uint16_t>(i));
    }
    if (to.request_part != nullptr &&
        std::find(s.request_parts.begin(), s.request_parts.end(), to.request_part) == s.request_parts.end()) {
      s.request_parts.push_back(to.request_part);
    }
    if (to.response != nullptr && (!to.response->ids.empty() || s.scope == config::Scope::client) &&
        std::find(s.id_responses.begin(), s.id_responses.end(), to.response) == s.id_responses.end()) {
      s.id_responses.push_back(to.response);
    }
  }
  return {};
}

base::Result<void> Compiler::target(const std::string& where, std::string_view key, const std::string& name,
                                    const Service*& service) {
  if (name == "*") return {};
  const auto found =
      std::find_if(set_.services.begin(), set_.services.end(), [&](const Service& o) { return o.name == name; });
  if (found == set_.services.end()) return error(where, base::cat(key, ": there is no service '", name, "'"));
  service = &*found;
  return {};
}

base::Result<void> Compiler::announcements(const config::ServiceSpec& spec, Service& s) {
  for (const config::ExpectRule& rule : spec.expect) {
    Announcement& a = s.announcements.emplace_back();
    auto p = pattern(spec.where, "expect", rule.pattern);
    if (!p) return p.error();
    if ((*p)->port == 0) return error(spec.where, "expect: its pattern needs a group 'port'");
    a.pattern = *p;
    a.request = rule.request;
    if (auto ok = target(spec.where, "expect", rule.service, a.service); !ok) return ok;
    if (a.service == nullptr) return error(spec.where, "expect: \"*\" is no service");
  }
  return {};
}

base::Result<void> Compiler::rules(const Spec& from, const Service& s, Signature& to) {
  for (const config::ResponseRule& rule : from.upgrade) {
    NamedRule& r = to.upgrade.emplace_back();
    if (auto ok = assign(from, "upgrade", rule.response, r.response); !ok) return ok;
    if (auto ok = target(from.where, "upgrade", rule.target, r.service); !ok) return ok;
    r.as = rule.as;
  }
  if (!from.request_upgrade.empty()) {
    NamedRule& r = to.request_upgrade.emplace_back();
    if (auto ok = target(from.where, "request_upgrade", from.request_upgrade, r.service); !ok) return ok;
  }
  for (const config::ResponseRule& rule : from.rename) {
    NamedRule& r = to.rename.emplace_back();
    if (auto ok = assign(from, "rename", rule.response, r.response); !ok) return ok;
    auto name = add_name(from.where, rule.target, s);
    if (!name) return name.error();
    r.name = *name;
  }
  return {};
}

base::Result<void> Compiler::protocol(const config::ServiceSpec& spec, const config::CarrierSpec& carrier, Service& s) {
  if (set_.protocols.size() >= 0xffff) return error(spec.where, "too many services");
  Protocol& p = set_.protocols.emplace_back();
  p.service = &s;
  p.spec = carrier;
  p.number = static_cast<std::uint16_t>(set_.protocols.size() - 1);
  std::sort(p.spec.ports.begin(), p.spec.ports.end());
  if (auto r = check_carrier(spec, carrier); !r) return r;
  if (carrier.first_message) {
    auto when = pattern(spec.where, "when", carrier.first_message->when);
    if (!when) return when.error();
    p.first_when = *when;
  }
  if (carrier.other_message) {
    auto when = pattern(spec.where, "when", carrier.other_message->when);
    if (!when) return when.error();
    p.other_when = *when;
  }
  const auto c = static_cast<std::size_t>(carrier.carrier);
  for (const Signature& signature : s.signatures) {
    if (signature.after >= 0 || signature.recognise == config::Recognise::never) continue;
    add_candidate(c, {&p, &signature, false}, signature.request);
    add_candidate(c, {&p, &signature, true}, signature.response);
  }
  return {};
}

base::Result<void> Compiler::check_carrier(const config::ServiceSpec& spec, const config::CarrierSpec& c) {
  using config::FramingKind;
  const bool stream = c.carrier == config::Carrier::tcp;
  if (stream == (c.framing.kind == FramingKind::datagram)) {
    return error(spec.where,
                 stream ? "framing = \"datagram\" is for UDP and ICMP" : "UDP and ICMP have framing = \"datagram\"");
  }
  if (c.ports_only && c.ports.empty()) return error(spec.where, "ports_only without ports");
  for (const config::FramingSpec* f :
       {&c.framing, c.first_message ? &*c.first_message : nullptr, c.other_message ? &*c.other_message : nullptr}) {
    if (f == nullptr || f->kind != FramingKind::length) continue;
    const std::int64_t least = f->width == 0 && !f->varint ? 1 : -static_cast<std::int64_t>(f->max);
    if (f->width > 8 || f->align == 0 || f->adjust < least)
      return error(spec.where, "framing = \"length\" lacks width or adjust");
  }
  if (c.first_message && (!stream || c.first_message->when.empty())) {
    return error(spec.where, "first_message needs TCP and a pattern 'when'");
  }
  if (c.other_message && (!stream || c.other_message->when.empty())) {
    return error(spec.where, "other_message needs TCP and a pattern 'when'");
  }
  return {};
}

void Compiler::add_candidate(std::size_t carrier, const Candidate& candidate, const Pattern* p) {
  if (p == nullptr) return;
  auto& list = set_.candidates[carrier];
  for (const Candidate& known : list) {  // several signatures of a service often share their response
    const Pattern* other = known.response ? known.signature->response : known.signature->request;
    if (known.protocol == candidate.protocol && known.response == candidate.response && other == p &&
        known.signature->greeting == candidate.signature->greeting &&
        known.signature->recognise == candidate.signature->recognise) {
      return;
    }
  }
  list.push_back(candidate);
  set_.first[carrier].add(first_bytes(candidate.protocol->spec.framing, *p),
                          static_cast<std::uint16_t>(list.size() - 1));
}

std::bitset<256> Compiler::first_bytes(const config::FramingSpec& f, const Pattern& p) {
  std::bitset<256> bytes;
  if (f.kind == config::FramingKind::smb2) return bytes.set(0);
  if (f.kind == config::FramingKind::rpc) {
    for (std::size_t b = 0; b <= kMaxRpcLength; ++b) bytes.set(b).set(b | 0x80U);
    return bytes;
  }
  return f.hide > 0 ? bytes.set() : p.first;
}

}  // namespace pastmon::signature
