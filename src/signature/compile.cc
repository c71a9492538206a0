// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "compiled.h"
#include "pastmon/base/text.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kMaxSignatures = 4096;
constexpr std::pair<std::string_view, Pattern::Id::Kind> kIds[] = {{"id", Pattern::Id::Kind::bytes},
                                                                   {"id7", Pattern::Id::Kind::seven_bits},
                                                                   {"id_even", Pattern::Id::Kind::even},
                                                                   {"id_text", Pattern::Id::Kind::text},
                                                                   {"id_behind", Pattern::Id::Kind::behind}};
constexpr std::size_t kMaxRpcLength = 4;  ///< the highest byte of the largest fragment of framing `rpc`
constexpr std::string_view kBuiltIn[] = {"TCP SYNACK", "TCP OTHER", "UDP OTHER",
                                         "ICMP OTHER", "IP OTHER",  "ICMP UNREACHABLE"};

/// Compiles service by service into one Impl. The first error ends it.
class Compiler {
 public:
  explicit Compiler(SignatureSet::Impl& set) : set_(set) {}

  base::Result<void> run(const std::vector<config::ServiceSpec>& specs) {
    for (const config::ServiceSpec& spec : specs) {
      if (auto r = declare(spec); !r) return r;
    }
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const bool known =
          std::any_of(specs.begin(), specs.end(), [&](const auto& s) { return s.name == specs[i].part_of; });
      if (!specs[i].part_of.empty() && !known)
        return error(specs[i].where, base::cat("part_of: there is no service '", specs[i].part_of, "'"));
      window_ = specs[i].window;
      if (auto r = service(specs[i], set_.services[i]); !r) return r;
    }
    return {};
  }

 private:
  using Spec = config::SignatureSpec;

  static base::Error error(const std::string& where, std::string_view message) {
    return {base::cat(where, ": ", message)};
  }

  base::Result<void> declare(const config::ServiceSpec& spec) {
    for (const Service& other : set_.services) {
      if (other.name == spec.name) return error(spec.where, base::cat("service '", spec.name, "' stands twice"));
    }
    Service& s = set_.services.emplace_back();
    s.name = spec.name;
    s.family = spec.part_of.empty() ? spec.name : spec.part_of;
    s.window = spec.window;
    return {};
  }

  /// Null for an empty text. `what` names the key in messages.
  base::Result<const Pattern*> pattern(const std::string& where, std::string_view what, const std::string& text) {
    if (text.empty()) return static_cast<const Pattern*>(nullptr);
    if (const auto known = patterns_.find(text); known != patterns_.end()) {
      known->second->window = std::max(known->second->window, window_);
      return static_cast<const Pattern*>(known->second);
    }
    auto regex = base::Regex::compile(text, {.anchored = true});
    if (!regex) return error(where, base::cat(what, ": ", regex.message()));
    Pattern& p = set_.patterns.emplace_back(Pattern{std::move(*regex), {}, window_, {}});
    p.first = p.regex.first_bytes();
    for (const base::Regex::Group& group : p.regex.groups()) {
      for (const auto& [word, kind] : kIds) {
        if (group.name == word) p.ids.push_back({group.number, kind});
      }
      if (group.name == "status") p.status = group.number;
      if (group.name == "skip") p.skip = group.number;
      if (group.name == "detail") p.detail = group.number;
      if (group.name == "port") p.port = group.number;
      if (group.name == "address") p.address = group.number;
    }
    set_.jit = set_.jit && p.regex.jit();
    patterns_[text] = &p;
    return static_cast<const Pattern*>(&p);
  }

  /// Assigns a pattern to `out`, or gives the error.
  base::Result<void> assign(const Spec& spec, std::string_view what, const std::string& text, const Pattern*& out) {
    auto p = pattern(spec.where, what, text);
    if (!p) return p.error();
    out = *p;
    return {};
  }

  base::Result<std::uint32_t> add_name(const std::string& where, const std::string& name, const Service& owner) {
    for (const std::string_view built_in : kBuiltIn) {
      if (name == built_in) return error(where, base::cat("the name '", name, "' is built in"));
    }
    const auto [at, fresh] = owners_.emplace(name, std::pair(static_cast<std::uint32_t>(set_.names.size()), &owner));
    if (fresh) {
      set_.names.push_back(name);
    } else if (at->second.second->family != owner.family) {
      return error(where,
                   base::cat("the name '", name, "' is given by service '", at->second.second->name, "' already"));
    }
    return at->second.first;
  }

  base::Result<void> service(const config::ServiceSpec& spec, Service& s) {
    s.pairing = spec.pairing;
    s.scope = spec.scope;
    s.in_order = spec.in_order;
    s.repeats = spec.repeats;
    s.both_ways = spec.both_ways;
    s.hears_both = spec.recognise == config::Recognise::both;
    auto untagged = pattern(spec.where, "untagged", spec.untagged);
    if (!untagged) return untagged.error();
    if (*untagged != nullptr && spec.pairing != config::Pairing::id)
      return error(spec.where, "untagged is for pairing = \"id\"");
    s.untagged = *untagged;
    auto ignore = pattern(spec.where, "ignore", spec.ignore);
    if (!ignore) return ignore.error();
    auto ignore_request = pattern(spec.where, "ignore_request", spec.ignore_request);
    if (!ignore_request) return ignore_request.error();
    auto abort = pattern(spec.where, "abort", spec.abort);
    if (!abort) return abort.error();
    auto above = pattern(spec.where, "abort_above", spec.abort_above);
    if (!above) return above.error();
    for (const Pattern* p : {*abort, *above}) {
      if (p != nullptr && (p->ids.empty() || spec.pairing != config::Pairing::id))
        return error(spec.where, "abort and abort_above need pairing = \"id\" and a group 'id'");
    }
    s.abort = *abort;
    s.abort_above = *above;
    auto closes = pattern(spec.where, "closes", spec.closes);
    if (!closes) return closes.error();
    s.closes = *closes;
    const bool tcp = std::all_of(spec.over.begin(), spec.over.end(),
                                 [](const auto& over) { return over.carrier == config::Carrier::tcp; });
    if (s.in_order && (spec.pairing != config::Pairing::id || !tcp))
      return error(spec.where, "in_order is for pairing = \"id\" over TCP");
    if (s.closes != nullptr && (s.closes->ids.empty() || !s.in_order))
      return error(spec.where, "closes needs in_order and a group 'id'");
    s.ignore = *ignore;
    s.ignore_request = *ignore_request;
    if (spec.over.empty()) return error(spec.where, base::cat("service '", spec.name, "' has no carrier"));
    for (const Spec& signature : spec.signatures) {
      if (auto r = this->signature(spec, signature, s); !r) return r;
    }
    if (spec.signatures.empty()) {
      auto name = add_name(spec.where, spec.name, s);
      if (!name) return name.error();
      s.own_name = *name;
    }
    if (auto r = resolve(spec, s); !r) return r;
    if (const auto other = owners_.find(spec.name + " OTHER"); other != owners_.end()) {
      s.own_name = other->second.first;
    } else if (!s.signatures.empty()) {
      s.own_name = set_.name_map[s.signatures.front().first_name];
    }
    if (auto r = announcements(spec, s); !r) return r;
    for (const config::CarrierSpec& carrier : spec.over) {
      if (auto r = protocol(spec, carrier, s); !r) return r;
    }
    return {};
  }

  base::Result<void> patterns_of(const Spec& spec, Signature& s) {
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

  /// A group that means nothing is a misspelt one.
  static base::Result<void> check_groups(const Spec& spec, const Pattern* p, bool names) {
    if (p == nullptr) return {};
    for (const base::Regex::Group& group : p->regex.groups()) {
      const bool special = group.name == "id" || group.name == "id7" || group.name == "id_even" ||
                           group.name == "id_text" || group.name == "id_behind" || group.name == "status" ||
                           group.name == "skip" || group.name == "detail";
      const bool named = names && spec.name.find("{" + group.name + "}") != std::string::npos;
      if (!special && !named)
        return error(
            spec.where,
            base::cat(
                "group '", group.name,
                "' is neither in the name nor one of id, id7, id_even, id_text, id_behind, status, skip, detail"));
    }
    return {};
  }

  base::Result<void> check(const config::ServiceSpec& service, const Spec& spec, const Signature& s) {
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

  base::Result<void> signature(const config::ServiceSpec& service, const Spec& spec, Service& owner) {
    Signature& s = owner.signatures.emplace_back();
    s.service = &owner;
    s.where = spec.where;
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
    auto name = NameTemplate::compile(spec.name, spec.values, spec.fold_case,
                                      s.request != nullptr ? &s.request->regex : nullptr);
    if (!name) return error(spec.where, name.message());
    s.name = std::move(*name);
    if (s.estimated) set_.estimated.insert(s.name.names().begin(), s.name.names().end());
    return names_of(spec, owner, s);
  }

  /// The names of a template get numbers in a row; one that another signature of the service gives too keeps its text.
  base::Result<void> names_of(const Spec& spec, Service& owner, Signature& s) {
    s.first_name = static_cast<std::uint32_t>(name_map_size());
    for (const std::string& text : s.name.names()) {
      auto name = add_name(spec.where, text, owner);
      if (!name) return name.error();
      set_.name_map.push_back(*name);
    }
    return {};
  }
  std::size_t name_map_size() const { return set_.name_map.size(); }

  /// What refers to names and services that may stand further down.
  base::Result<void> resolve(const config::ServiceSpec& spec, Service& s) {
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

  /// The service that `name` stands for; "*": none in particular.
  base::Result<void> target(const std::string& where, std::string_view key, const std::string& name,
                            const Service*& service) {
    if (name == "*") return {};
    const auto found =
        std::find_if(set_.services.begin(), set_.services.end(), [&](const Service& o) { return o.name == name; });
    if (found == set_.services.end()) return error(where, base::cat(key, ": there is no service '", name, "'"));
    service = &*found;
    return {};
  }

  base::Result<void> announcements(const config::ServiceSpec& spec, Service& s) {
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

  base::Result<void> rules(const Spec& from, const Service& s, Signature& to) {
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

  base::Result<void> protocol(const config::ServiceSpec& spec, const config::CarrierSpec& carrier, Service& s) {
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

  static base::Result<void> check_carrier(const config::ServiceSpec& spec, const config::CarrierSpec& c) {
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

  void add_candidate(std::size_t carrier, const Candidate& candidate, const Pattern* p) {
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

  /// Bytes that a message may begin with: the pattern's, or the framing's where it hides them.
  static std::bitset<256> first_bytes(const config::FramingSpec& f, const Pattern& p) {
    std::bitset<256> bytes;
    if (f.kind == config::FramingKind::smb2) return bytes.set(0);
    if (f.kind == config::FramingKind::rpc) {
      for (std::size_t b = 0; b <= kMaxRpcLength; ++b) bytes.set(b).set(b | 0x80U);
      return bytes;
    }
    return f.hide > 0 ? bytes.set() : p.first;
  }

  SignatureSet::Impl& set_;
  std::map<std::string, Pattern*> patterns_;
  std::size_t window_ = 0;  // of the service at hand
  std::unordered_map<std::string, std::pair<std::uint32_t, const Service*>> owners_;
};

}  // namespace

void ByteTable::add(const std::bitset<256>& bytes, std::uint16_t value) {
  for (std::size_t b = 0; b < lists_.size(); ++b) {
    if (bytes[b]) lists_[b].push_back(value);
  }
}

bool Protocol::listed(std::uint16_t port) const noexcept {
  return std::binary_search(spec.ports.begin(), spec.ports.end(), port);
}

SignatureSet::SignatureSet() : impl_(std::make_unique<Impl>()) {}
SignatureSet::~SignatureSet() = default;

base::Result<std::shared_ptr<const SignatureSet>> SignatureSet::compile(
    const std::vector<config::ServiceSpec>& services) {
  std::shared_ptr<SignatureSet> set(new SignatureSet());
  if (auto r = Compiler(*set->impl_).run(services); !r) return r.error();
  return std::shared_ptr<const SignatureSet>(std::move(set));
}

std::size_t SignatureSet::size() const noexcept { return impl_->signatures; }
bool SignatureSet::jit() const noexcept { return impl_->jit; }
bool SignatureSet::estimated(std::string_view name) const {
  return name == "TCP OTHER" || name == "UDP OTHER" || impl_->estimated.contains(name);
}

}  // namespace pastmon::signature
