// SPDX-License-Identifier: MIT
// Pages as a browser gets them, from believable data in a database in memory. A test file derives a fixture of its own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <memory>
#include <string>

#include "application.h"
#include "web/fake_database.h"
#include "web/sample_data.h"

namespace pastmon::web::test {

/// As a form sends it, UTC.
inline std::string clock_text(base::Seconds seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M", ::gmtime_r(&time, &parts));
  return text;
}

class PagesFixture : public testing::Test {
 protected:
  void SetUp() override {
    ApplicationOptions options;
    options.access.allow = {*Network::parse("127.0.0.1")};
    options.access.hosts = {"localhost"};
    options.databases.wait = 1000;
    options.timezone = "UTC";
    options.library_directory = "/nonexistent";
    auto application = Application::make(
        options,
        [this]() -> base::Result<std::unique_ptr<store::Database>> {
          if (!data->fail_open.empty()) return base::Error{data->fail_open};
          return std::unique_ptr<store::Database>(new FakeDatabase(data));
        },
        clock);
    ASSERT_TRUE(application) << application.message();
    application_ = std::move(*application);
  }

  void fill(SampleOptions sample = {}) { ASSERT_TRUE(FakeDatabase(data).write(sample_batch(sample))); }

  /// The same office seen by a second sensor, some hours of it.
  void fill_second(const std::string& sensor, int buckets) {
    SampleOptions sample;
    sample.buckets = buckets;
    store::Batch batch = sample_batch(sample);
    batch.sensor = sensor;
    ASSERT_TRUE(FakeDatabase(data).write(batch));
  }

  Response ask(std::string_view target) {
    Request request;
    request.method = "GET";
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string_view::npos)
      request.query = *Parameters::parse(target.substr(target.find('?') + 1));
    request.headers = {{"host", "localhost:8080"}};
    request.peer = *base::Address::parse("127.0.0.1");
    return application_->answer(request);
  }
  std::string page(std::string_view target, int status = 200) {
    const Response response = ask(target);
    EXPECT_EQ(response.status, status) << target;
    return response.body;
  }

  std::shared_ptr<FakeData> data = std::make_shared<FakeData>();
  base::ManualClock clock{(SampleOptions().end - 30) * base::kSecond};
  std::unique_ptr<Application> application_;
};

}  // namespace pastmon::web::test
