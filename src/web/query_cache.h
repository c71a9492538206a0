// SPDX-License-Identifier: MIT
// Answers of the database, kept for some seconds: most pages ask what another reader has just asked. Of many equal
// questions at once one goes to the database and the others wait for its answer. An answer that is too old is still
// given for as long again, while one reader asks anew: so one of them waits, not all.
//
// Bounded in bytes; what was not used for longest goes. Errors are not kept. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace pastmon::web {

class QueryCache {
 public:
  struct Options {
    base::Micros recent = 5 * base::kSecond;  ///< of times that can still change: open buckets are written every 10 s
    base::Micros past =
        60 * base::kSecond;              ///< of times that ended an hour ago: only a sensor's late batches change them
    std::size_t max_bytes = 32U << 20U;  ///< 0: nothing is kept
  };
  /// `value` is of one type for a key; the key begins with the kind of question.
  struct Answer {
    std::shared_ptr<const void> value;
    std::vector<std::string> warnings;  ///< Database::warnings() of this answer
    std::size_t bytes = 0;              ///< what value and warnings take
  };
  using Ask = std::function<base::Result<Answer>()>;

  /// The clock must outlive the cache.
  QueryCache(Options options, const base::Clock& clock) : options_(options), clock_(clock) {}

  const Options& options() const noexcept { return options_; }

  /// The answer to `key`: begun at most `max_age` ago (twice that while another reader asks anew), or asked now.
  /// Errors: those of `ask`, which all who waited for it get.
  base::Result<Answer> find(const std::string& key, base::Micros max_age, const Ask& ask);

  struct Counters {
    std::uint64_t hits = 0;    ///< answered from memory
    std::uint64_t waited = 0;  ///< for another reader's question
    std::uint64_t asked = 0;   ///< of the database
    std::uint64_t failed = 0;  ///< of those
    std::uint64_t evicted = 0;
    std::size_t entries = 0;
    std::size_t bytes = 0;
  };
  Counters counters() const;

 private:
  struct Entry {
    std::string key;
    Answer answer;
    bool answered = false;
    base::Micros asked_at = 0;
    bool asking = false;
    std::uint64_t rounds = 0;  // questions that have ended
    base::Error error;         // of the last one, if that failed
    bool failed = false;
    std::condition_variable done;
    std::list<Entry*>::iterator place;
    std::size_t bytes = 0;  // counted in bytes_
  };
  using EntryPointer = std::shared_ptr<Entry>;

  base::Result<Answer> ask_now(std::unique_lock<std::mutex>& lock, const EntryPointer& entry, const Ask& ask);
  base::Result<Answer> wait_for(std::unique_lock<std::mutex>& lock, const EntryPointer& entry);
  EntryPointer entry_of(const std::string& key);
  void forget(const EntryPointer& entry);
  void make_room();

  Options options_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, EntryPointer> entries_;
  std::list<Entry*> used_;  // the latest first
  Counters counters_;
};

}  // namespace pastmon::web
