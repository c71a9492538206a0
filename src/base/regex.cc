// SPDX-License-Identifier: MIT
#include "pastmon/base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "pastmon/base/text.h"

namespace pastmon::base {
namespace {

struct FreeCode {
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
};
struct FreeMatchContext {
  void operator()(pcre2_match_context* p) const { pcre2_match_context_free(p); }
};
struct FreeCompileContext {
  void operator()(pcre2_compile_context* p) const { pcre2_compile_context_free(p); }
};
struct FreeMatchData {
  void operator()(pcre2_match_data* p) const { pcre2_match_data_free(p); }
};
struct FreeStack {
  void operator()(pcre2_jit_stack* p) const { pcre2_jit_stack_free(p); }
};

constexpr std::size_t kHeapLimitKib = 1024;
constexpr std::size_t kJitStackMax = 512 * 1024;
constexpr std::uint32_t kMaxGroups = 128;

std::vector<Regex::Group> named_groups(const pcre2_code* code) {
  std::uint32_t count = 0;
  std::uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  std::vector<Regex::Group> groups;
  for (std::uint32_t i = 0; i < count; ++i, table += entry_size) {
    groups.push_back({reinterpret_cast<const char*>(table + 2), static_cast<std::uint32_t>(table[0] << 8 | table[1])});
  }
  return groups;
}

}  // namespace

struct Regex::Impl {
  std::unique_ptr<pcre2_code, FreeCode> code;
  std::unique_ptr<pcre2_match_context, FreeMatchContext> limits;
  std::vector<Group> groups;
  std::string pattern;
  std::uint32_t flags = 0;
  bool jit = false;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

const std::vector<Regex::Group>& Regex::groups() const noexcept { return impl_->groups; }
bool Regex::jit() const noexcept { return impl_->jit; }

Result<Regex> Regex::compile(std::string_view pattern, const Options& options) {
  if (pattern.size() > options.max_pattern) {
    return Error{cat("pattern is longer than ", options.max_pattern, " bytes")};
  }
  std::uint32_t flags = PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES;
  if (options.anchored) flags |= PCRE2_ANCHORED;
  if (options.ignore_case) flags |= PCRE2_CASELESS;
  if (options.dot_all) flags |= PCRE2_DOTALL;
  flags |= options.utf ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : PCRE2_NEVER_UTF;

  const std::unique_ptr<pcre2_compile_context, FreeCompileContext> context(pcre2_compile_context_create(nullptr));
  pcre2_set_parens_nest_limit(context.get(), 100);
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto impl = std::make_unique<Impl>();
  impl->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), flags, &error, &offset,
                                 context.get()));
  if (!impl->code) {
    PCRE2_UCHAR text[256];
    pcre2_get_error_message(error, text, sizeof text);
    return Error{cat("bad pattern at offset ", offset, ": ", reinterpret_cast<const char*>(text))};
  }
  std::uint32_t captures = 0;
  pcre2_pattern_info(impl->code.get(), PCRE2_INFO_CAPTURECOUNT, &captures);
  if (captures >= kMaxGroups) return Error{cat("pattern has more than ", kMaxGroups - 1, " groups")};
  impl->jit = pcre2_jit_compile(impl->code.get(), PCRE2_JIT_COMPLETE) == 0;
  impl->limits.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(impl->limits.get(), options.match_limit);
  pcre2_set_depth_limit(impl->limits.get(), options.depth_limit);
  pcre2_set_heap_limit(impl->limits.get(), kHeapLimitKib);
  impl->groups = named_groups(impl->code.get());
  impl->pattern = pattern;
  impl->flags = flags;
  return Regex(std::move(impl));
}

std::bitset<256> Regex::first_bytes() const {
  // A hard partial match stops as soon as the subject's end is looked at, so one byte is enough to tell.
  // (PCRE2 compares the length before a repeated '.' that matches any byte, and then says "no match"; with the '.' that
  // does not match a line feed it does not. So that one is asked, too, and says the same of line feed and its
  // neighbour.)
  std::bitset<256> bytes;
  const std::unique_ptr<pcre2_match_data, FreeMatchData> data(pcre2_match_data_create(1, nullptr));
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::unique_ptr<pcre2_code, FreeCode> by_byte(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(impl_->pattern.data()), impl_->pattern.size(),
                    impl_->flags & ~std::uint32_t{PCRE2_DOTALL}, &error, &offset, nullptr));
  for (unsigned b = 0; b < bytes.size(); ++b) {
    const auto subject = static_cast<PCRE2_UCHAR8>(b);
    for (const pcre2_code* code :
         {static_cast<const pcre2_code*>(impl_->code.get()), static_cast<const pcre2_code*>(by_byte.get())}) {
      const int n = code == nullptr ? PCRE2_ERROR_PARTIAL
                                    : pcre2_match(code, &subject, 1, 0, PCRE2_ANCHORED | PCRE2_PARTIAL_HARD, data.get(),
                                                  impl_->limits.get());
      bytes[b] = bytes[b] || n != PCRE2_ERROR_NOMATCH;
    }
  }
  bytes['\n'] = bytes['\n'] || bytes['\v'];
  return bytes;
}

struct MatchState::Impl {
  std::unique_ptr<pcre2_match_data, FreeMatchData> data{pcre2_match_data_create(kMaxGroups, nullptr)};
  std::unique_ptr<pcre2_jit_stack, FreeStack> stack{pcre2_jit_stack_create(32 * 1024, kJitStackMax, nullptr)};
  const std::uint8_t* subject = nullptr;
  std::uint32_t count = 0;
  std::uint64_t limit_hits = 0;
};

MatchState::MatchState() : impl_(std::make_unique<Impl>()) {}
MatchState::MatchState(MatchState&&) noexcept = default;
MatchState& MatchState::operator=(MatchState&&) noexcept = default;
MatchState::~MatchState() = default;

bool MatchState::match(const Regex& regex, const std::uint8_t* data, std::size_t size) noexcept {
  static constexpr std::uint8_t empty = 0;
  const Regex::Impl& r = *regex.impl_;
  impl_->subject = size == 0 ? &empty : data;
  impl_->count = 0;
  // The JIT fast path ignores PCRE2_ANCHORED given at match time only; ours is set at compile time.
  const int n = r.jit ? pcre2_jit_match(r.code.get(), impl_->subject, size, 0, 0, impl_->data.get(), r.limits.get())
                      : pcre2_match(r.code.get(), impl_->subject, size, 0, 0, impl_->data.get(), r.limits.get());
  if (n > 0) {
    impl_->count = static_cast<std::uint32_t>(n);
    return true;
  }
  if (n != PCRE2_ERROR_NOMATCH) ++impl_->limit_hits;
  return false;
}

bool MatchState::group_set(std::uint32_t number) const noexcept {
  return number < impl_->count && pcre2_get_ovector_pointer(impl_->data.get())[2 * number] != PCRE2_UNSET;
}

std::string_view MatchState::group(std::uint32_t number) const noexcept {
  if (!group_set(number)) return {};
  const PCRE2_SIZE* at = pcre2_get_ovector_pointer(impl_->data.get()) + 2 * number;
  return {reinterpret_cast<const char*>(impl_->subject) + at[0], at[1] >= at[0] ? at[1] - at[0] : 0};
}

std::size_t MatchState::end() const noexcept {
  return impl_->count == 0 ? 0 : pcre2_get_ovector_pointer(impl_->data.get())[1];
}

std::uint64_t MatchState::limit_hits() const noexcept { return impl_->limit_hits; }

}  // namespace pastmon::base
