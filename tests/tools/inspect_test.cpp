// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <vidimus/adapt/cryptopp.hpp>
#include <vidimus/adapt/preset_keys.hpp>
#include <vidimus/check/evidence.hpp>
#include <vidimus/vidimus.hpp>

#include "support/catch.hpp"
#include "support/corpus.hpp"

// The tool as a person calls it: VIDIMUS_INSPECT is the program.

using namespace vidimus;

namespace {

const std::filesystem::path folder = std::filesystem::path(VIDIMUS_WORK) / "inspect";

std::string file(const std::string& name, std::string_view octets) {
  std::filesystem::create_directories(folder);
  const auto path = folder / name;
  std::ofstream(path, std::ios::binary) << octets;
  return path.string();
}

struct answer {
  int status = -1;
  std::string said;
};

answer inspect(const std::string& words) {
  const std::string out = file("out", "");
  const int status =
      std::system((std::string(VIDIMUS_INSPECT) + " " + words + " > " + out + " 2>&1").c_str());
  std::ifstream in(out, std::ios::binary);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}};
}

std::vector<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string one; std::getline(in, one);) out.push_back(one);
  return out;
}

const support::corpus& corpus() {
  static const support::corpus read(VIDIMUS_TEST_DATA "/corpus");
  return read;
}

std::string specification() {
  std::ifstream in(VIDIMUS_TEST_DATA "/../docs/protocol.md");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The parties of the worked example (docs/protocol.md, section 5.5).
std::string example(const std::string& purpose, const std::string& memory,
                    const std::string& conversation = "EBESExQVFhcYGRob",
                    const std::string& destination = "bob@example.net") {
  std::string hex;
  for (int i = 0; i < 32; ++i) {
    const octet one = static_cast<octet>(i);
    hex += to_hex({&one, 1});
  }
  return "code --preset-code-hex " + hex + " --key-id k1 --origin alice@example.org" +
         " --destination " + destination + " --relay relay.example.org --conversation " +
         conversation + " --purpose " + purpose + (memory.empty() ? "" : " --memory " + memory) +
         " ";
}

constexpr const char* hello =
    "<message to='bob@example.net' type='chat'><body>Hello &amp; welcome</body>\n"
    "  <x xmlns='jabber:x:oob'><url>https://example.org/a</url></x></message>\n";

}  // namespace

TEST_CASE("canonical says what the library says of every message of the corpus") {
  std::string all;
  std::vector<std::string> expected;
  std::size_t refused = 0;
  const prefix_binding stream{"stream", "http://etherx.jabber.org/streams"};
  for (const std::string& one : corpus().stanzas) {
    if (one.find('\0') != std::string::npos) continue;
    (all += one) += '\0';
    const auto octets_of = canonical_octets(one, {}, {{}, {&stream, 1}});
    refused += octets_of ? 0 : 1;
    expected.push_back(octets_of ? to_hex(*octets_of) : "refused: " + explain(octets_of.error()));
  }
  REQUIRE(refused > 0);
  const answer got = inspect("canonical -0 < " + file("stanzas", all));
  REQUIRE(got.status == 1);
  REQUIRE(lines(got.said) == expected);

  REQUIRE(inspect("canonical " + file("one", hello)).status == 0);
  const answer core = inspect("canonical --cover core --explain " + file("one", hello));
  REQUIRE(core.said.find("Hello & welcome") != std::string::npos);
  REQUIRE(core.said.find("oob") == std::string::npos);
}

TEST_CASE("code gives the codes of the worked example", "[code.input]") {
  const std::string stanza = file("hello", hello);
  const answer first =
      inspect(example("submit", "ICEiIyQlJicoKSor") + "--number 1 --explain " + stanza);
  REQUIRE(first.status == 0);
  REQUIRE(lines(first.said).back() == "S4Miv9-s6MRUShO-uIZJmA");
  REQUIRE(first.said.find("4b8322bfdface8c4544a13beb8864998") != std::string::npos);
  REQUIRE(inspect(example("deliver", "MDEyMzQ1Njc4OTo7") + "--number 1 < " + stanza).said ==
          "0mK3oSeTnp-cUBkb9G7bIA\n");
}

TEST_CASE("code takes any other type as normal", "[code.input]") {
  const auto of_type = [](const std::string& words, const std::string& type) {
    const std::string stanza = "<message" + type + "><body>hello</body></message>";
    const answer got = inspect(example("submit", "ICEiIyQlJicoKSor") + "--number 1 " + words +
                               file("typed", stanza));
    REQUIRE(got.status == 0);
    return got.said;
  };
  const std::string normal = of_type("", "");
  REQUIRE(of_type("--type normal ", "") == normal);
  REQUIRE(of_type("--type normal ", " type='chat'") == normal);
  REQUIRE(of_type("--type carol ", "") == normal);
  REQUIRE(of_type("", " type='carol'") == normal);
  REQUIRE(of_type("--type chat ", "") == of_type("", " type='chat'"));
  REQUIRE(of_type("", " type='chat'") != normal);
}

TEST_CASE("what the stream declares may be said again, but not otherwise", "[content.strict]") {
  const std::string one = file("prefixed", "<message><s:x xmlns:t='u' t:a=''/></message>");
  REQUIRE(inspect("canonical " + one).status == 1);
  const std::string stream = " --declare stream=http://etherx.jabber.org/streams ";
  const answer once = inspect("canonical --declare s=urn:s " + one);
  REQUIRE(once.status == 0);
  REQUIRE(inspect("canonical" + stream + "--declare s=urn:s --declare s=urn:s " + one).said ==
          once.said);
  REQUIRE(inspect("canonical --declare s=urn:s --declare s=urn:t " + one).status == 2);
  REQUIRE(inspect("canonical --declare stream=urn:s " + one).status == 2);
}

TEST_CASE("code gives the codes of all control elements in the page", "[code.input]") {
  const std::string text = specification();
  const std::regex element(
      "<(sync|receipt|execute|withdraw|challenge) xmlns='urn:vidimus:0'"
      "[^>]*(/>|>[^<]*</[a-z]*>)");
  int tried = 0;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), element);
       at != std::sregex_iterator(); ++at) {
    const std::string whole = at->str(0), name = at->str(1);
    const auto said = [&](const char* attribute, const std::string& absent) {
      std::smatch found;
      const std::regex form(std::string("\\s") + attribute + "='([^']*)'");
      return std::regex_search(whole, found, form) ? found.str(1) : absent;
    };
    if (!said("i", "").empty()) {  // a reference stands for one of the headers of the page
      int stands = 0;
      for (const char* memory : {"ICEiIyQlJicoKSor", "MDEyMzQ1Njc4OTo7", "gIGCg4SFhoeIiYqL"})
        for (const std::string& as : {name, "final-" + name, "deliver-" + name}) {
          if (as == "final-execute" || as == "deliver-execute" || as == "deliver-receipt") continue;
          const answer tried_as =
              inspect(example(as, memory) +
                      file("element", "<message to='a@example.org'>" + whole + "</message>"));
          if (tried_as.status != 0) continue;
          ++stands;
          CAPTURE(whole, as, memory);
          REQUIRE(tried_as.said == said("v", "") + "\n");
        }
      CAPTURE(whole);
      REQUIRE(stands == 1);
      ++tried;
      continue;
    }
    const bool second = !said("o", "").empty();
    std::string purpose = name;
    if (second) purpose = name == "receipt" ? "final-receipt" : "deliver-" + name;
    const answer got =
        inspect(example(purpose, said("m", ""), said("c", ""), said("d", "bob@example.net")) +
                file("element", "<message to='a@example.org'>" + whole + "</message>"));
    CAPTURE(whole, got.said);
    REQUIRE(got.status == 0);
    REQUIRE(got.said == said("v", "") + "\n");
    ++tried;
  }
  REQUIRE(tried >= 50);
}

TEST_CASE("compare says same or different as the canonical octets do") {
  std::string all;
  std::vector<std::string> expected;
  std::size_t different = 0;
  const prefix_binding stream{"stream", "http://etherx.jabber.org/streams"};
  const stream_scope scope{{}, {&stream, 1}};
  for (const auto& p : corpus().pairs) {
    if (p.received == nullptr) continue;
    ((all += *p.sent) += '\0') += *p.received;
    all += '\0';
    const auto sent = canonical_octets(*p.sent, {}, scope);
    const auto received = canonical_octets(*p.received, {}, scope);
    if (!sent || !received)
      expected.push_back("refused");
    else
      expected.push_back(*sent == *received ? "same" : "different");
    different += expected.back() == "different" ? 1 : 0;
  }
  const answer got = inspect("compare -0 " + file("pairs", all));
  REQUIRE(got.status == 1);
  const auto said = lines(got.said);
  REQUIRE(said.size() == expected.size());
  REQUIRE(different > 50);
  for (std::size_t i = 0; i < said.size(); ++i) {
    CAPTURE(i, said[i]);
    REQUIRE(said[i].starts_with(expected[i]));
    if (expected[i] == "different") REQUIRE(said[i].size() > 12);  // it says where
  }
}

TEST_CASE("compare names the part") {
  const std::string a = file("a", "<message><body>one&#13;\ntwo</body></message>");
  const std::string b = file("b", "<message><body>one</body></message>");
  REQUIRE(inspect("compare " + a + " " + a).said == "same\n");
  REQUIRE(inspect("compare " + a + " " + a).status == 0);
  const answer got = inspect("compare " + a + " " + b);
  REQUIRE(got.status == 1);
  REQUIRE(got.said.find("body") != std::string::npos);
}

TEST_CASE("lint says what is refused, and by name who is known to lose what") {
  const std::string bad = "<message><body>a<!-- b --></body></message>";
  const std::string risky = "<message><x xmlns='urn:x' xmlns:p='urn:p' p:a='1'/></message>";
  const answer refused = inspect("lint " + file("bad", bad));
  REQUIRE(refused.status == 1);
  REQUIRE(refused.said.starts_with("refused: "));
  REQUIRE(refused.said.find("comment") != std::string::npos);
  const answer warned = inspect("lint " + file("risky", risky));
  REQUIRE(warned.status == 0);
  REQUIRE(warned.said.find("libstrophe") != std::string::npos);
  REQUIRE(inspect("lint --strict " + file("risky", risky)).status == 1);
  REQUIRE(inspect("lint " + file("good", "<message><body>hello</body></message>")).said ==
          "nothing found\n");

  std::string all;
  std::size_t count = 0;
  for (const std::string& one : corpus().stanzas) {
    if (one.find('\0') != std::string::npos) continue;
    (all += one) += '\0';
    ++count;
  }
  REQUIRE(lines(inspect("lint -0 " + file("stanzas", all)).said).size() == count);
}

TEST_CASE("what is not understood ends with 2 and says what") {
  const std::string one = file("one", hello);
  for (const std::string& words :
       {std::string(), std::string("paint"), "canonical --cover {urn " + one,
        "canonical --colour red " + one, std::string("canonical /no/such/file"),
        "canonical --cover '{urn:vidimus:0}check' " + one, "compare " + one,
        "canonical " + one + " " + one, "code " + one, example("submit", "ICEiIyQlJicoKSor") + one,
        example("paint", "ICEiIyQlJicoKSor") + "--number 1 " + one,
        example("submit", "tooshort") + "--number 1 " + one,
        example("submit", "ICEiIyQlJicoKSor") + "--number 0x1 " + one,
        example("submit", "ICEiIyQlJicoKSor") + "--number 1 --rule rot13 " + one}) {
    const answer got = inspect(words);
    CAPTURE(words, got.said);
    REQUIRE(got.status == 2);
    REQUIRE(got.said.starts_with("vidimus-inspect: "));
  }
  REQUIRE(inspect("--help").status == 0);
  REQUIRE(inspect("--version").said.starts_with("vidimus-inspect 0."));
}

TEST_CASE("evidence: printed, and its codes checked under the key that is given", "[code.header]") {
  using env = environment<cryptopp, preset_keys, system_entropy, no_observer>;
  const std::string hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  env own;
  own.keys.add("x@y", "k1", *from_hex(hex)).value();
  check e;
  e.head.conversation = {make_route("a@b", "c@d", "e"), {}};
  e.head.conversation.id.octets[0] = 1;
  e.at = 7;
  const digest content = cryptopp::digest_of(as_octets("hello"));
  REQUIRE(verifier<env>(own).seal(e, purpose::submit, "x@y", &content));
  octets input;
  covered::write_input(input, e, purpose::submit, &content);
  evidence of;
  of.name = e.head.conversation;
  of.at = 7;
  of.codes.push_back({true, instant{5}, std::string(as_text(input)), e.code});
  const auto stored = [&](const std::string& name) {
    const octets image = image::save(of);
    return file(name, as_text(image));
  };
  const std::string good = stored("evidence");
  const answer plain = inspect("evidence " + good);
  CHECK(plain.status == 0);
  CHECK(lines(plain.said).front().starts_with("message 7 of conversation AQAA"));
  CHECK(plain.said.find("made at 5: submit by the sender") != std::string::npos);
  CHECK(plain.said.find(to_hex(content)) != std::string::npos);
  const std::string key = " --key-id k1 --preset-code-hex " + hex;
  const answer checked = inspect("evidence" + key + " " + good);
  CHECK(checked.status == 0);
  CHECK(lines(checked.said).back() == "1 of 1 codes valid under this key");
  CHECK(inspect("evidence" + key + " --purpose deliver " + good).status == 1);
  CHECK(inspect("evidence --key-id k1 --preset-code-hex " + std::string(64, '0') + " " + good)
            .status == 1);
  of.codes[0].input.back() = static_cast<char>(of.codes[0].input.back() ^ 1);
  const answer forged = inspect("evidence" + key + " " + stored("forged"));
  CHECK(forged.status == 1);
  CHECK(forged.said.find("wrong code") != std::string::npos);
  CHECK(inspect("evidence " + file("none", "VV")).status == 1);
  CHECK(inspect("evidence --key-id k1 --preset-code-hex 0 " + good).status == 2);
}
