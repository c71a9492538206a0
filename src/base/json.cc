// SPDX-License-Identifier: MIT
#include "pastmon/base/json.h"

#include <nlohmann/json.hpp>

namespace pastmon::base {

using Value = nlohmann::ordered_json;

struct Json::Impl {
  Value value;
};

Json::Json() : impl_(std::make_unique<Impl>()) {}
Json::Json(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json Json::object() { return Json(std::make_unique<Impl>(Impl{Value::object()})); }
Json Json::array() { return Json(std::make_unique<Impl>(Impl{Value::array()})); }
Json Json::from_bool(bool value) { return Json(std::make_unique<Impl>(Impl{value})); }
Json Json::from_double(double value) { return Json(std::make_unique<Impl>(Impl{value})); }
Json Json::from_unsigned(std::uint64_t value) { return Json(std::make_unique<Impl>(Impl{value})); }
Json Json::from_signed(std::int64_t value) { return Json(std::make_unique<Impl>(Impl{value})); }
Json Json::from_text(std::string_view value) { return Json(std::make_unique<Impl>(Impl{Value(std::string(value))})); }

void Json::set_value(std::string_view key, Json value) {
  if (!impl_->value.is_object()) impl_->value = Value::object();
  impl_->value[std::string(key)] = std::move(value.impl_->value);
}

void Json::push_value(Json value) {
  if (!impl_->value.is_array()) impl_->value = Value::array();
  impl_->value.push_back(std::move(value.impl_->value));
}

std::string Json::dump(bool pretty) const {
  return impl_->value.dump(pretty ? 2 : -1, ' ', false, Value::error_handler_t::replace);
}

}  // namespace pastmon::base
