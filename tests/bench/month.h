// SPDX-License-Identifier: MIT
// A month of believable rows for benchmarks, the same in every run: few clients, servers and services have most of
// them. Every bucket has as many as every other. Errors end the program.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "pastmon/store/store.h"

namespace pastmon::bench {

inline constexpr base::Seconds kDay = 86'400;
inline constexpr base::Seconds kMonth = 31 * kDay;
inline constexpr const char* kSensor = "years";

/// 0 … below−1, the small ones far more often: the logarithm of the rank is uniform.
class Skewed {
 public:
  explicit Skewed(std::uint32_t seed) : random_(seed) {}
  std::uint32_t operator()(std::uint32_t below);

 private:
  std::mt19937 random_;
};

base::Address client(std::uint32_t i);
base::Address server(std::uint32_t i);
std::string signature_name(std::uint32_t i);

metric::Bucket make_bucket(base::Seconds start, std::size_t rows, Skewed& skewed);

/// Writes the 31 days before `end` (a whole hour), rolls them up as the store thread does, and prints how fast.
void fill_month(store::Database& database, base::Seconds end, std::uint32_t rows);

/// Makes what is due before `end`: after an upgrade there may be much.
void roll_up(store::Database& database, base::Seconds end);

/// "sqlite3", "FILE"; or "pgsql", "SOCKET_DIRECTORY/DBNAME".
store::Options database_options(std::string_view driver, std::string_view name);

/// Prints an error and ends the program.
void check(const base::Result<void>& result);
template <class T>
T taken(base::Result<T> result) {
  if (!result) check(result.error());
  return *std::move(result);
}

template <class Action>
double seconds_of(const Action& action) {
  const auto begun = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace pastmon::bench
