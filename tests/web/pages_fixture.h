// SPDX-License-Identifier: MIT
// Pages as a browser gets them, from believable data in a database in memory. A test file derives a fixture of its own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
    options.answers.max_bytes = 0;  // what a test writes is there at once
    options.timezone = "UTC";
    options.library_directory = "/nonexistent";
    options.form_secret = kFormSecret;
    adjust(options);
    auto application = Application::make(
        options,
        [this]() -> base::Result<std::unique_ptr<store::Database>> {
          if (!data->fail_open.empty()) return base::Error{data->fail_open};
          return std::unique_ptr<store::Database>(new FakeDatabase(data));
        },
        [this]() -> base::Result<std::unique_ptr<store::WebState>> {
          if (!fail_state.empty()) return base::Error{fail_state};
          return store::open_web_state({}, state_directory());
        },
        clock);
    ASSERT_TRUE(application) << application.message();
    application_ = std::move(*application);
  }

  void TearDown() override {
    if (!state_directory_.empty()) std::filesystem::remove_all(state_directory_);
  }
  /// For fixtures that want other options.
  virtual void adjust(ApplicationOptions&) {}

  /// What the server keeps itself (favourites, users), to prepare it and to look at it.
  store::WebState& state() {
    if (state_ == nullptr) {
      auto opened = store::open_web_state({}, state_directory());
      EXPECT_TRUE(opened) << opened.message();
      EXPECT_TRUE((*opened)->check());
      state_ = *std::move(opened);
    }
    return *state_;
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

  static Request request_of(std::string_view target) {
    Request request;
    request.method = "GET";
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string_view::npos)
      request.query = *Parameters::parse(target.substr(target.find('?') + 1));
    request.headers = {{"host", "localhost:8080"}};
    request.peer = *base::Address::parse("127.0.0.1");
    return request;
  }
  Response ask(std::string_view target) { return application_->answer(request_of(target)); }
  static Request post_request(std::string_view target, const std::vector<std::pair<std::string, std::string>>& fields) {
    Request request;
    request.method = "POST";
    request.path = target;
    for (const auto& [name, value] : fields)
      request.body += (request.body.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
    request.headers = {{"host", "localhost:8080"},
                       {"origin", "http://localhost:8080"},
                       {"content-type", "application/x-www-form-urlencoded"},
                       {"cookie", "pastmon_form=cookie"}};
    request.peer = *base::Address::parse("127.0.0.1");
    return request;
  }
  /// A form as a browser sends it, with its token.
  Response post(std::string_view target, std::vector<std::pair<std::string, std::string>> fields) {
    Visitor visitor;
    visitor.form_key = "cookie";
    fields.emplace_back(kFormTokenField, FormTokens(kFormSecret, "").token(visitor));
    return application_->answer(post_request(target, fields));
  }
  std::string page(std::string_view target, int status = 200) {
    const Response response = ask(target);
    EXPECT_EQ(response.status, status) << target;
    return response.body;
  }

  static constexpr const char* kFormSecret = "a secret of the tests";
  std::string fail_state;  ///< opening the server's own database fails with this
  std::shared_ptr<FakeData> data = std::make_shared<FakeData>();
  base::ManualClock clock{(SampleOptions().end - 30) * base::kSecond};
  std::unique_ptr<Application> application_;

 private:
  const std::string& state_directory() {
    if (state_directory_.empty()) {
      char name[] = "/tmp/pastmon-pages-XXXXXX";
      state_directory_ = ::mkdtemp(name) != nullptr ? name : "";
      EXPECT_FALSE(state_directory_.empty());
    }
    return state_directory_;
  }
  std::string state_directory_;
  std::unique_ptr<store::WebState> state_;
};

}  // namespace pastmon::web::test
