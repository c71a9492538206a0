// SPDX-License-Identifier: MIT
#include <algorithm>

#include "compiler.h"
#include "pastmon/base/text.h"

namespace pastmon::signature {
namespace {

constexpr std::pair<std::string_view, Pattern::Id::Kind> kIds[] = {{"id", Pattern::Id::Kind::bytes},
                                                                   {"id7", Pattern::Id::Kind::seven_bits},
                                                                   {"id_even", Pattern::Id::Kind::even},
                                                                   {"id_text", Pattern::Id::Kind::text},
                                                                   {"id_behind", Pattern::Id::Kind::behind}};
constexpr std::string_view kBuiltIn[] = {"TCP SYNACK", "TCP OTHER", "UDP OTHER",
                                         "ICMP OTHER", "IP OTHER",  "ICMP UNREACHABLE"};

}  // namespace

base::Error Compiler::error(const std::string& where, std::string_view message) {
  return {base::cat(where, ": ", message)};
}

base::Result<void> Compiler::run(const std::vector<config::ServiceSpec>& specs) {
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

base::Result<void> Compiler::declare(const config::ServiceSpec& spec) {
  for (const Service& other : set_.services) {
    if (other.name == spec.name) return error(spec.where, base::cat("service '", spec.name, "' stands twice"));
  }
  Service& s = set_.services.emplace_back();
  s.name = spec.name;
  s.family = spec.part_of.empty() ? spec.name : spec.part_of;
  s.window = spec.window;
  return {};
}

base::Result<const Pattern*> Compiler::pattern(const std::string& where, std::string_view what,
                                               const std::string& text) {
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

base::Result<void> Compiler::assign(const Spec& spec, std::string_view what, const std::string& text,
                                    const Pattern*& out) {
  auto p = pattern(spec.where, what, text);
  if (!p) return p.error();
  out = *p;
  return {};
}

base::Result<std::uint32_t> Compiler::add_name(const std::string& where, const std::string& name,
                                               const Service& owner) {
  for (const std::string_view built_in : kBuiltIn) {
    if (name == built_in) return error(where, base::cat("the name '", name, "' is built in"));
  }
  const auto [at, fresh] = owners_.emplace(name, std::pair(static_cast<std::uint32_t>(set_.names.size()), &owner));
  if (fresh) {
    set_.names.push_back(name);
  } else if (at->second.second->family != owner.family) {
    return error(where, base::cat("the name '", name, "' is given by service '", at->second.second->name, "' already"));
  }
  return at->second.first;
}

base::Result<void> Compiler::service(const config::ServiceSpec& spec, Service& s) {
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
