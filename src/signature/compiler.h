// SPDX-License-Identifier: MIT
// Compiles the services of signature files into one set. The first error ends it; it says where.
//   compile.cc            services: their patterns and names
//   compile_signature.cc  one signature
//   compile_rules.cc      what refers to other services, and over what a service is carried
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiled.h"
#include "pastmon/base/result.h"
#include "pastmon/config/signature_spec.h"

namespace pastmon::signature {

class Compiler {
 public:
  explicit Compiler(SignatureSet::Impl& set) : set_(set) {}

  base::Result<void> run(const std::vector<config::ServiceSpec>& specs);

 private:
  using Spec = config::SignatureSpec;

  static base::Error error(const std::string& where, std::string_view message);

  // compile.cc
  base::Result<void> declare(const config::ServiceSpec& spec);
  /// Null for an empty text. `what` names the key in messages.
  base::Result<const Pattern*> pattern(const std::string& where, std::string_view what, const std::string& text);
  /// Assigns a pattern to `out`, or gives the error.
  base::Result<void> assign(const Spec& spec, std::string_view what, const std::string& text, const Pattern*& out);
  base::Result<std::uint32_t> add_name(const std::string& where, const std::string& name, const Service& owner);
  base::Result<void> service(const config::ServiceSpec& spec, Service& s);

  // compile_signature.cc
  base::Result<void> patterns_of(const Spec& spec, Signature& s);
  /// A group that means nothing is a misspelt one.
  static base::Result<void> check_groups(const Spec& spec, const Pattern* p, bool names);
  base::Result<void> check(const config::ServiceSpec& service, const Spec& spec, const Signature& s);
  base::Result<void> signature(const config::ServiceSpec& service, const Spec& spec, Service& owner);
  /// The names of a template get numbers in a row; one that another signature of the service gives too keeps its text.
  base::Result<void> names_of(const Spec& spec, Service& owner, Signature& s);

  // compile_rules.cc
  /// What refers to names and services that may stand further down.
  base::Result<void> resolve(const config::ServiceSpec& spec, Service& s);
  /// The service that `name` stands for; "*": none in particular.
  base::Result<void> target(const std::string& where, std::string_view key, const std::string& name,
                            const Service*& service);
  base::Result<void> announcements(const config::ServiceSpec& spec, Service& s);
  base::Result<void> rules(const Spec& from, const Service& s, Signature& to);
  base::Result<void> protocol(const config::ServiceSpec& spec, const config::CarrierSpec& carrier, Service& s);
  static base::Result<void> check_carrier(const config::ServiceSpec& spec, const config::CarrierSpec& c);
  void add_candidate(std::size_t carrier, const Candidate& candidate, const Pattern* p);
  /// Bytes that a message may begin with: the pattern's, or the framing's where it hides them.
  static std::bitset<256> first_bytes(const config::FramingSpec& f, const Pattern& p);

  SignatureSet::Impl& set_;
  std::map<std::string, Pattern*> patterns_;                                          // by their texts
  std::size_t window_ = 0;                                                            // of the service at hand
  std::unordered_map<std::string, std::pair<std::uint32_t, const Service*>> owners_;  // names: number, who gives them
};

}  // namespace pastmon::signature
