// SPDX-License-Identifier: MIT
#include "query_cache.h"

#include <exception>
#include <utility>

namespace pastmon::web {
namespace {

/// Of an entry beside its answer: itself, its key twice, its places in map and list.
std::size_t overhead(const std::string& key) { return 400 + 2 * key.size(); }

}  // namespace

base::Result<QueryCache::Answer> QueryCache::find(const std::string& key, base::Micros max_age, const Ask& ask) {
  std::unique_lock lock(mutex_);
  if (options_.max_bytes == 0) {
    ++counters_.asked;
    lock.unlock();
    return ask();
  }
  const EntryPointer entry = entry_of(key);
  used_.splice(used_.begin(), used_, entry->place);
  const base::Micros age = clock_.monotonic() - entry->asked_at;
  if (entry->answered && (age < max_age || (entry->asking && age < 2 * max_age))) {
    ++counters_.hits;
    return entry->answer;
  }
  return entry->asking ? wait_for(lock, entry) : ask_now(lock, entry, ask);
}

base::Result<QueryCache::Answer> QueryCache::wait_for(std::unique_lock<std::mutex>& lock, const EntryPointer& entry) {
  ++counters_.waited;
  const std::uint64_t round = entry->rounds;
  entry->done.wait(lock, [&] { return entry->rounds != round; });
  if (entry->failed) return entry->error;
  return entry->answer;
}

base::Result<QueryCache::Answer> QueryCache::ask_now(std::unique_lock<std::mutex>& lock, const EntryPointer& entry,
                                                     const Ask& ask) {
  entry->asking = true;
  ++counters_.asked;
  const base::Micros begun = clock_.monotonic();
  lock.unlock();
  base::Result<Answer> answer = base::Error{"this query failed", true};
  std::exception_ptr thrown;
  try {
    answer = ask();
  } catch (...) {
    thrown = std::current_exception();
  }
  lock.lock();
  entry->asking = false;
  ++entry->rounds;
  entry->failed = !answer;
  if (answer) {
    entry->answer = *answer;
    entry->answered = true;
    entry->asked_at = begun;
    counters_.bytes -= entry->bytes;
    entry->bytes = answer->bytes + overhead(entry->key);
    counters_.bytes += entry->bytes;
    make_room();
  } else {
    ++counters_.failed;
    entry->error = answer.error();
    forget(entry);
  }
  entry->done.notify_all();
  if (thrown) std::rethrow_exception(thrown);
  return answer;
}

QueryCache::EntryPointer QueryCache::entry_of(const std::string& key) {
  EntryPointer& entry = entries_[key];
  if (entry == nullptr) {
    entry = std::make_shared<Entry>();
    entry->key = key;
    entry->bytes = overhead(key);
    counters_.bytes += entry->bytes;
    used_.push_front(entry.get());
    entry->place = used_.begin();
  }
  return entry;
}

// Those who wait for a forgotten entry still hold it.
void QueryCache::forget(const EntryPointer& entry) {
  const auto at = entries_.find(entry->key);
  if (at == entries_.end() || at->second != entry) return;
  counters_.bytes -= entry->bytes;
  used_.erase(entry->place);
  entries_.erase(at);
}

void QueryCache::make_room() {
  for (auto at = used_.end(); at != used_.begin() && counters_.bytes > options_.max_bytes;) {
    Entry* entry = *--at;
    if (entry->asking) continue;
    ++at;  // forgetting takes the place before it
    const EntryPointer kept = entries_.at(entry->key);
    forget(kept);
    ++counters_.evicted;
  }
}

QueryCache::Counters QueryCache::counters() const {
  const std::lock_guard lock(mutex_);
  Counters result = counters_;
  result.entries = entries_.size();
  return result;
}

}  // namespace pastmon::web
