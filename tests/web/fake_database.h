// SPDX-License-Identifier: MIT
// A store::Database in memory, for tests of pages: what is written can be listed. Many connections may share one
// FakeData; failures can be ordered.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "pastmon/base/text.h"
#include "pastmon/store/store.h"

namespace pastmon::web::test {

struct FakeData {
  std::mutex mutex;
  std::vector<store::Batch> batches;
  std::vector<store::Batch> archive;  ///< level 2
  std::string fail_open;              ///< connecting fails with this
  std::string fail_query;             ///< every query fails with this
  std::vector<std::string> warnings;
  std::string fail_check;  ///< its schema is not right
  int opened = 0;
  std::vector<store::ListQuery> lists;  ///< what was asked for
};

class FakeDatabase final : public store::Database {
 public:
  explicit FakeDatabase(std::shared_ptr<FakeData> data) : data_(std::move(data)) {}

  base::Result<void> prepare() override { return {}; }
  base::Result<void> write(const store::Batch& batch) override {
    const std::lock_guard lock(data_->mutex);
    data_->batches.push_back(batch);
    return {};
  }
  base::Result<void> write_open(const store::Batch&) override { return {}; }
  base::Result<bool> roll_up(const std::string&, base::Seconds) override { return false; }
  base::Result<std::vector<store::Total>> totals() override { return std::vector<store::Total>(); }
  base::Result<std::vector<store::StatisticTotal>> statistic_totals() override {
    const std::lock_guard lock(data_->mutex);
    std::map<std::tuple<store::Id, std::string, std::string>, metric::Summary> added;
    for (const store::Batch& batch : data_->batches) {
      for (const auto& [start, statistics] : batch.statistics) {
        for (const store::Statistic& s : statistics)
          added[{store::id_of_name(batch.sensor), s.name, s.interface}].merge(s.value);
      }
    }
    std::vector<store::StatisticTotal> list;
    for (const auto& [key, value] : added)
      list.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), value});
    return list;
  }
  base::Result<std::vector<store::HostName>> host_names(store::Id host) override {
    const std::lock_guard lock(data_->mutex);
    std::vector<store::HostName> names;
    for (const store::Batch& batch : data_->batches) {
      for (const store::HostName& name : batch.names) {
        if (store::id_of(name.address) == host) names.push_back(name);
      }
    }
    return names;
  }
  base::Result<std::vector<bool>> seen(const std::vector<store::Listed>& who, base::Seconds from,
                                       base::Seconds to) override {
    const std::lock_guard lock(data_->mutex);
    std::vector<bool> found;
    for (const store::Listed& one : who) {
      store::Selection selection;
      selection.from = from;
      selection.to = to;
      if (one.client != 0) {
        selection.clients = std::vector{one.client};
      } else {
        selection.servers = std::vector{one.server};
        selection.signatures = std::vector{one.signature};
        selection.port = one.port;
      }
      bool any = false;
      each_row(selection, [&](const store::Batch&, const metric::Bucket&, const metric::Row&) { any = true; });
      found.push_back(any);
    }
    return found;
  }
  std::vector<std::string> warnings() const override { return data_->warnings; }
  base::Result<void> check() override {
    const std::lock_guard lock(data_->mutex);
    return data_->fail_check.empty() ? base::Result<void>() : base::Error{data_->fail_check};
  }
  std::string description() const override { return "fake"; }
  void interrupt() noexcept override {}

  base::Result<std::vector<store::Listed>> list(const store::ListQuery& query) override {
    const std::lock_guard lock(data_->mutex);
    if (!data_->fail_query.empty()) return base::Error{data_->fail_query};
    data_->lists.push_back(query);
    std::map<std::tuple<store::Id, store::Id, store::Id, store::Id, std::uint16_t>, store::Listed> groups;
    each_row(query.selection, [&](const store::Batch& batch, const metric::Bucket&, const metric::Row& row) {
      store::Listed key;
      if (query.group_by.signature) key.signature = store::id_of_name(row.signature);
      if (query.group_by.client) key.client = store::id_of(row.client);
      if (query.group_by.server) key.server = store::id_of(row.server);
      if (query.group_by.sensor) key.sensor = store::id_of_name(batch.sensor);
      if (query.group_by.port) key.port = row.port;
      auto [at, added] = groups.try_emplace({key.signature, key.client, key.server, key.sensor, key.port}, key);
      at->second.values.merge(row.values);
    });
    std::vector<store::Listed> rows;
    for (auto& [key, row] : groups) rows.push_back(std::move(row));
    const std::map<store::Id, std::string> texts = shown_texts();
    std::stable_sort(rows.begin(), rows.end(), [&](const store::Listed& a, const store::Listed& b) {
      const auto x = rank(a, query.order, texts), y = rank(b, query.order, texts);
      return query.descending ? x > y : x < y;
    });
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(std::min(query.offset, rows.size())));
    if (rows.size() > query.limit) rows.resize(query.limit);
    return rows;
  }

  base::Result<std::vector<store::Point>> series(const store::Selection& selection, base::Seconds step) override {
    const std::lock_guard lock(data_->mutex);
    if (!data_->fail_query.empty()) return base::Error{data_->fail_query};
    std::map<base::Seconds, store::Point> points;
    each_row(selection, [&](const store::Batch&, const metric::Bucket& bucket, const metric::Row& row) {
      const base::Seconds start = bucket.start / step * step;
      store::Point& point = points[start];
      point.start = start;
      point.seconds = step;
      point.values.merge(row.values);
    });
    std::vector<store::Point> list;
    for (auto& [start, point] : points) list.push_back(std::move(point));
    return list;
  }

  base::Result<std::vector<store::GroupSeries>> group_series(const store::Selection& selection,
                                                             const store::GroupBy& by,
                                                             const std::vector<store::Listed>& groups,
                                                             base::Seconds step) override {
    std::vector<store::GroupSeries> series;
    for (const store::Listed& group : groups) {
      store::Selection one = selection;
      if (by.signature) one.signatures = {group.signature};
      if (by.client) one.clients = {group.client};
      if (by.server) one.servers = {group.server};
      if (by.port) one.port = group.port;
      auto points = this->series(one, step);
      if (!points) return points.error();
      store::GroupSeries& line = series.emplace_back();
      for (const store::Point& point : *points) {
        const metric::Summary& time = point.values[metric::Distribution::response_time].summary;
        line.push_back({point.start, step, point.values[metric::Counter::transactions], 0, time.count, time.sum});
      }
    }
    return series;
  }

  base::Result<std::vector<store::Host>> hosts() override {
    const std::lock_guard lock(data_->mutex);
    std::map<store::Id, store::Host> found;
    const auto add = [&](const base::Address& address) {
      found.try_emplace(store::id_of(address), store::Host{store::id_of(address), address, "", ""});
    };
    each_batch(store::Level::all, [&](const store::Batch& batch) {
      for (const metric::Bucket& bucket : batch.buckets) {
        for (const metric::Row& row : bucket.rows) {
          add(row.client);
          add(row.server);
        }
      }
      for (const store::HostName& name : batch.names) {
        add(name.address);
        found[store::id_of(name.address)].name = name.name;
        found[store::id_of(name.address)].name_source = name.source;
      }
    });
    std::vector<store::Host> list;
    for (auto& [id, host] : found) list.push_back(std::move(host));
    return list;
  }
  base::Result<std::vector<store::Named>> signatures() override {
    const std::lock_guard lock(data_->mutex);
    std::map<store::Id, store::Named> found;
    each_row({store::Level::all, 0, INT64_MAX, {}, {}, {}, {}, {}},
             [&](const store::Batch&, const metric::Bucket&, const metric::Row& row) {
               found[store::id_of_name(row.signature)] = {store::id_of_name(row.signature), row.signature};
             });
    return values(found);
  }
  base::Result<std::vector<store::Named>> sensors() override {
    const std::lock_guard lock(data_->mutex);
    std::map<store::Id, store::Named> found;
    for (const store::Batch& b : data_->batches)
      found[store::id_of_name(b.sensor)] = {store::id_of_name(b.sensor), b.sensor};
    return values(found);
  }
  base::Result<store::Extent> extent(store::Level level) override {
    const std::lock_guard lock(data_->mutex);
    if (!data_->fail_query.empty()) return base::Error{data_->fail_query};
    store::Extent extent;
    each_batch(level, [&](const store::Batch& batch) {
      for (const metric::Bucket& bucket : batch.buckets) {
        extent.first = extent.first == 0 ? bucket.start : std::min(extent.first, bucket.start);
        extent.last = std::max(extent.last, bucket.start);
      }
    });
    return extent;
  }
  base::Result<std::vector<store::StatisticPoint>> statistics(const store::StatisticQuery& query) override {
    const std::lock_guard lock(data_->mutex);
    if (!data_->fail_query.empty()) return base::Error{data_->fail_query};
    std::map<std::tuple<base::Seconds, store::Id, std::string, std::string>, metric::Summary> added;
    for (const store::Batch& batch : data_->batches) {
      const store::Id sensor = store::id_of_name(batch.sensor);
      for (const auto& [start, statistics] : batch.statistics) {
        if (start < query.from || start >= query.to || !in(query.sensors, sensor)) continue;
        const base::Seconds bucket = query.step > 0 ? start - start % query.step : start;
        for (const store::Statistic& s : statistics) {
          if (in(query.names, s.name)) added[{bucket, sensor, s.name, s.interface}].merge(s.value);
        }
      }
    }
    std::vector<store::StatisticPoint> list;
    for (const auto& [key, value] : added) {
      const auto& [start, sensor, name, interface] = key;
      list.push_back({start, name, interface, sensor, value});
    }
    return list;
  }

 private:
  template <class Id>
  static bool in(const std::optional<std::vector<Id>>& wanted, const Id& id) {
    return !wanted || std::find(wanted->begin(), wanted->end(), id) != wanted->end();
  }
  template <class Visit>
  void each_batch(store::Level level, Visit visit) const {
    if (level != store::Level::one) std::for_each(data_->archive.begin(), data_->archive.end(), visit);
    if (level != store::Level::two) std::for_each(data_->batches.begin(), data_->batches.end(), visit);
  }
  template <class Visit>
  void each_row(const store::Selection& s, Visit visit) const {
    each_batch(s.level, [&](const store::Batch& batch) {
      if (!in(s.sensors, store::id_of_name(batch.sensor))) return;
      for (const metric::Bucket& bucket : batch.buckets) {
        if (bucket.start < s.from || bucket.start >= s.to) continue;
        for (const metric::Row& row : bucket.rows) {
          const bool wanted = in(s.signatures, store::id_of_name(row.signature)) &&
                              in(s.clients, store::id_of(row.client)) && in(s.servers, store::id_of(row.server)) &&
                              (!s.port || *s.port == row.port);
          if (wanted) visit(batch, bucket, row);
        }
      }
    });
  }
  /// What people read, by id.
  std::map<store::Id, std::string> shown_texts() const {
    std::map<store::Id, std::string> texts;
    each_batch(store::Level::all, [&](const store::Batch& batch) {
      for (const metric::Bucket& bucket : batch.buckets) {
        for (const metric::Row& row : bucket.rows) {
          texts[store::id_of_name(row.signature)] = base::lower(row.signature);
          for (const base::Address& host : {row.client, row.server})
            texts.try_emplace(store::id_of(host), host.to_string());
        }
      }
      for (const store::HostName& name : batch.names) texts[store::id_of(name.address)] = base::lower(name.name);
    });
    return texts;
  }
  static std::pair<double, std::string> rank(const store::Listed& listed, store::Order order,
                                             const std::map<store::Id, std::string>& texts) {
    const auto text = [&](store::Id id) { return texts.contains(id) ? texts.at(id) : std::string(); };
    if (order == store::Order::signature) return {0, text(listed.signature)};
    if (order == store::Order::client) return {0, text(listed.client)};
    if (order == store::Order::server) return {0, text(listed.server)};
    return {order == store::Order::port ? listed.port : rank(listed.values, order), ""};
  }
  static double rank(const metric::Aggregate& v, store::Order order) {
    using metric::Counter;
    const auto sum = [&](auto... counters) { return static_cast<double>((v[counters] + ...)); };
    const metric::Summary& time = v[metric::Distribution::response_time].summary;
    switch (order) {
      case store::Order::transactions:
        return sum(Counter::transactions);
      case store::Order::failures:
        return sum(Counter::unanswered, Counter::refused, Counter::aborted);
      case store::Order::errors:
        return sum(Counter::errors);
      case store::Order::packets:
        return sum(Counter::packets_client, Counter::packets_server);
      case store::Order::bytes:
        return sum(Counter::bytes_client, Counter::bytes_server);
      case store::Order::response_mean:
        return time.mean();
      case store::Order::response_max:
        return static_cast<double>(time.max);
      case store::Order::last:
        return static_cast<double>(v.last);
      case store::Order::first:
        return static_cast<double>(v.first);
      case store::Order::loss:
        return sum(Counter::retransmissions_client, Counter::retransmissions_server) /
               std::max(1.0, sum(Counter::packets_client, Counter::packets_server));
      case store::Order::server_share:
        return sum(Counter::verdict_server) /
               std::max(1.0, sum(Counter::verdict_client, Counter::verdict_network, Counter::verdict_server,
                                 Counter::verdict_transfer, Counter::verdict_loss));
      default:
        break;
    }
    return 0;
  }
  static std::vector<store::Named> values(const std::map<store::Id, store::Named>& found) {
    std::vector<store::Named> list;
    for (const auto& [id, named] : found) list.push_back(named);
    return list;
  }

  std::shared_ptr<FakeData> data_;
};

}  // namespace pastmon::web::test
