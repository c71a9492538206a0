// SPDX-License-Identifier: MIT
// HTML from templates. The only part that knows ctemplate. Every template begins with its AUTOESCAPE pragma
// (scripts/check-templates), so each value is escaped for the place where it stands: pages only pass plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pastmon/base/embedded.h"
#include "pastmon/base/result.h"

namespace ctemplate {
class TemplateCache;
class TemplateDictionary;
}  // namespace ctemplate

namespace pastmon::web {

/// A place in the values of a page: variables, sections (shown once for each add), included templates. A handle; it
/// lives as long as its Page.
class Model {
 public:
  Model& set(std::string_view variable, std::string_view value);
  Model& set(std::string_view variable, std::int64_t value);
  /// Seen by every template of the page, included ones too.
  Model& set_everywhere(std::string_view variable, std::string_view value);
  /// One more repetition of a section. Variables that are not set in it are looked up outside.
  Model add(std::string_view section);
  Model& show(std::string_view section);
  Model& show_if(bool condition, std::string_view section) { return condition ? show(section) : *this; }
  /// One more inclusion of `file` at {{>marker}}. Sees nothing of the variables outside.
  Model include(std::string_view marker, std::string_view file);

 private:
  friend class TemplateEngine;
  friend class Values;
  explicit Model(ctemplate::TemplateDictionary* dictionary) : dictionary_(dictionary) {}
  ctemplate::TemplateDictionary* dictionary_;
};

/// The values of one page; owns what Models point to.
class Values {
 public:
  Values();
  Values(Values&&) noexcept;
  ~Values();
  Model root() const;

 private:
  friend class TemplateEngine;
  std::unique_ptr<ctemplate::TemplateDictionary> dictionary_;
};

/// All templates, parsed once. Immutable after load; any thread.
class TemplateEngine {
 public:
  /// Errors: a template that does not parse, or lacks its AUTOESCAPE pragma.
  static base::Result<TemplateEngine> load(std::span<const embedded::File> files);
  TemplateEngine(TemplateEngine&&) noexcept;
  ~TemplateEngine();

  /// Errors: no such template, or one that it includes.
  base::Result<std::string> render(std::string_view file, const Values& values) const;

 private:
  TemplateEngine();
  std::unique_ptr<ctemplate::TemplateCache> cache_;
};

}  // namespace pastmon::web
