// SPDX-License-Identifier: MIT
#include "template_engine.h"

#include <ctemplate/template.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

ctemplate::TemplateString text(std::string_view view) { return {view.data(), view.size()}; }

}  // namespace

Model& Model::set(std::string_view variable, std::string_view value) {
  dictionary_->SetValue(text(variable), text(value));
  return *this;
}

Model& Model::set(std::string_view variable, std::int64_t value) { return set(variable, base::cat(value)); }

Model& Model::set_everywhere(std::string_view variable, std::string_view value) {
  dictionary_->SetTemplateGlobalValue(text(variable), text(value));
  return *this;
}

Model Model::add(std::string_view section) { return Model(dictionary_->AddSectionDictionary(text(section))); }

Model& Model::show(std::string_view section) {
  dictionary_->ShowSection(text(section));
  return *this;
}

Model Model::include(std::string_view marker, std::string_view file) {
  ctemplate::TemplateDictionary* included = dictionary_->AddIncludeDictionary(text(marker));
  included->SetFilename(text(file));
  return Model(included);
}

Values::Values() : dictionary_(std::make_unique<ctemplate::TemplateDictionary>("page")) {}
Values::Values(Values&&) noexcept = default;
Values::~Values() = default;
Model Values::root() const { return Model(dictionary_.get()); }

TemplateEngine::TemplateEngine() : cache_(std::make_unique<ctemplate::TemplateCache>()) {}
TemplateEngine::TemplateEngine(TemplateEngine&&) noexcept = default;
TemplateEngine::~TemplateEngine() = default;

base::Result<TemplateEngine> TemplateEngine::load(std::span<const embedded::File> files) {
  TemplateEngine engine;
  for (const embedded::File& file : files) {
    if (!file.content.starts_with("{{%AUTOESCAPE context=\"HTML\"}}")) {
      return base::Error{base::cat("template ", file.name, " does not begin with its AUTOESCAPE pragma")};
    }
    if (!engine.cache_->StringToTemplateCache(text(file.name), text(file.content), ctemplate::STRIP_BLANK_LINES)) {
      return base::Error{base::cat("template ", file.name, " does not parse")};
    }
  }
  engine.cache_->Freeze();
  return engine;
}

base::Result<std::string> TemplateEngine::render(std::string_view file, const Values& values) const {
  std::string out;
  if (!cache_->ExpandNoLoad(text(file), ctemplate::STRIP_BLANK_LINES, values.dictionary_.get(), nullptr, &out)) {
    return base::Error{base::cat("template ", file, " or one that it includes is missing")};
  }
  return out;
}

}  // namespace pastmon::web
