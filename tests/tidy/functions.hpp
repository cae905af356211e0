// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
//
// Finds the functions of a C++ file by its braces. No parser: it takes formatted code for granted.
#ifndef VIDIMUS_TESTS_TIDY_FUNCTIONS_HPP
#define VIDIMUS_TESTS_TIDY_FUNCTIONS_HPP

#include "checks.hpp"

namespace tidy {

/// The code without preprocessor lines; as many lines as before.
inline std::string without_directives(const std::string& code) {
  std::string out;
  bool inside = false;
  for (const auto& line : lines_of(code)) {
    std::size_t first = line.find_first_not_of(' ');
    bool directive = inside || (first != std::string::npos && line[first] == '#');
    inside = directive && line.ends_with('\\');
    out += (directive ? "" : line) + "\n";
  }
  return out;
}

/// The head without `template <...>` in front.
inline std::string without_template(const std::string& head) {
  if (!head.starts_with("template")) return head;
  int depth = 0;
  for (std::size_t i = head.find('<'); i < head.size(); ++i) {
    if (head[i] == '<') ++depth;
    if (head[i] == '>' && head[i - 1] != '-') --depth;
    if (depth == 0) {
      std::size_t rest = head.find_first_not_of(" \n", i + 1);
      return rest == std::string::npos ? "" : without_template(head.substr(rest));
    }
  }
  return head;
}

enum class block { scope, function, table, other };

/// What a brace opens, by the text between it and what came before.
inline block block_after(const std::string& whole) {
  static const std::regex label(R"((public|private|protected)\s*:\s*)");
  static const std::regex scope(R"((inline\s+)?(namespace|class|struct|union|enum)\b[^]*)");
  std::string head = without_template(std::regex_replace(whole, label, ""));
  auto opened = std::count(head.begin(), head.end(), '(');
  if (opened != std::count(head.begin(), head.end(), ')')) return block::other;
  static const std::regex lambda(R"([^]*\[[^\]]*\]\s*(\([^]*)?)");
  if (head.find("= [") != std::string::npos && std::regex_match(head, lambda))
    return block::function;
  if (std::regex_match(head, scope)) return block::scope;
  if (opened == 0) return head.starts_with("extern") ? block::scope : block::other;
  std::size_t assigned = head.find('=');
  bool value = assigned < head.find('(') && head.find("operator") > assigned;
  return value ? block::other : block::function;
}

struct function {
  std::size_t first_line;  ///< of its head, counted from 0
  std::size_t last_line;
  std::size_t table_lines;  ///< rows of a table are data and do not count
  std::size_t lines() const { return last_line - first_line + 1 - table_lines; }
};

/// Reads a file character by character and keeps what is open.
class function_finder {
 public:
  void read(char c) {
    if (c == '{') {
      open();
    } else if (c == '}') {
      close();
    } else if (c == ';') {
      forget_head();
    } else if (!head_.empty() || (c != ' ' && c != '\n')) {
      if (head_.empty()) head_line_ = line_;
      head_ += c;
    }
    if (c == '\n') ++line_;
  }

  const std::vector<function>& found() const { return found_; }

 private:
  void open() {
    bool in_function = std::find(open_.begin(), open_.end(), block::function) != open_.end();
    bool goes_on = after_function_ && (head_.empty() || head_[0] == ',' || head_[0] == ')');
    block kind = block::other;
    if (goes_on) {
      kind = block::function;  // after a member initialised with braces, or a requires clause
    } else if (in_function && head_.find("to_array<row") != std::string::npos) {
      kind = block::table;
      table_line_ = line_;
    } else if (!in_function) {
      bool in_value = std::find(open_.begin(), open_.end(), block::other) != open_.end();
      kind = in_value ? block::other : block_after(head_);
      if (kind == block::function) found_.push_back({head_line_, line_, 0});
    }
    open_.push_back(kind);
    forget_head();
  }

  void close() {
    forget_head();
    if (open_.empty()) return;
    after_function_ = open_.back() == block::function;
    if (after_function_) found_.back().last_line = line_;
    if (open_.back() == block::table) found_.back().table_lines += line_ - table_line_;
    open_.pop_back();
  }

  void forget_head() {
    head_.clear();
    after_function_ = false;
  }

  std::vector<function> found_;
  std::vector<block> open_;
  std::string head_;
  std::size_t line_ = 0;
  std::size_t head_line_ = 0;
  std::size_t table_line_ = 0;
  bool after_function_ = false;
};

/// The outermost functions; what is inside belongs to them.
inline std::vector<function> functions_of(const std::string& text) {
  function_finder finder;
  for (char c : without_directives(code_of(text))) finder.read(c);
  return finder.found();
}

inline complaints check_functions(const std::string& text) {
  complaints out;
  for (const auto& each : functions_of(text)) {
    if (each.lines() <= function_lines_max) continue;
    out.push_back(at_line(each.first_line, "a function of " + std::to_string(each.lines()) +
                                               " lines, at most " +
                                               std::to_string(function_lines_max)));
  }
  return out;
}

}  // namespace tidy

#endif
