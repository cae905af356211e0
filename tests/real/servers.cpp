// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#include "servers.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <filesystem>

#include "proxy.hpp"

namespace real {

namespace {

namespace fs = std::filesystem;

void write_file(const std::string& path, const std::string& text) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path) << text;
}

/// With each @NAME@ replaced.
std::string filled(std::string text, const std::vector<std::pair<std::string, std::string>>& with) {
  for (const auto& [name, value] : with)
    for (std::size_t at; (at = text.find(name)) != std::string::npos;)
      text.replace(at, name.size(), value);
  return text;
}

std::optional<std::string> program(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/usr/sbin/"})
    if (fs::exists(folder + name)) return folder + name;
  return std::nullopt;
}

// An account is a file under internal_plain. Archives are off, and so are limits on octets. While
// the component is away its name must not be looked up elsewhere.
constexpr auto prosody_configuration = R"(run_as_root = true
daemonize = false
data_path = "@DIR@/data"
pidfile = "@DIR@/prosody.pid"
log = { info = "@DIR@/prosody.log" }
interfaces = { "127.0.0.1" }; local_interfaces = { "127.0.0.1" }
c2s_ports = { @CLIENTS@ }; component_ports = { @COMPONENTS@ }
s2s_ports = { @SERVERS@ }; http_ports = {}; https_ports = {}
authentication = "internal_plain"
c2s_require_encryption = false; allow_unencrypted_plain_auth = true
modules_enabled = { "roster", "saslauth", "disco", "ping", "offline", "presence"@JOINED@@COPIES@ }
@OTHERS@
component_conflict_resolve = "kick_old"
VirtualHost "@DOMAIN@"
Component "verify.@DOMAIN@"
  component_secret = "@SECRET@"
)";

constexpr auto ejabberd_configuration = R"(loglevel: info
hosts: [@DOMAIN@]
listen:
  - {port: @CLIENTS@, ip: 127.0.0.1, module: ejabberd_c2s, access: all, starttls: false}
  - {port: @COMPONENTS@, ip: 127.0.0.1, module: ejabberd_service, access: all,
     hosts: {verify.@DOMAIN@: {password: "@SECRET@"}}}
@OTHERS@auth_method: internal
auth_password_format: plain
shaper: {}
shaper_rules:
  max_user_sessions: 1000
  max_user_offline_messages: infinity
modules:
  mod_disco: {}
  mod_offline: {access_max_user_messages: max_user_offline_messages}
  mod_ping: {}
  mod_roster: {}
@JOINED@@COPIES@)";

constexpr auto prosody_alone = R"(modules_disabled = { "tls", "limits", "s2s" })";
// No name is looked up elsewhere, no stream is encrypted: each end is asked back by dialback.
constexpr auto prosody_joined = R"(modules_disabled = { "tls", "limits" }
plugin_paths = { "@DIR@" }
s2s_require_encryption = false; s2s_secure_auth = false
one_other_port = @OTHER@)";

// All other domains are behind one port.
constexpr auto prosody_module = R"(module:set_global()
local lookup, fixed = require "net.resolvers.service", require "net.resolvers.manual"
local port = module:get_option_number("one_other_port")
function lookup.new(_, _, kind, more)
  return fixed.new({ { "tcp4", "127.0.0.1", port, more } }, kind)
end
)";

constexpr auto ejabberd_alone = "s2s_access: none\n";
// A stream that could not be made is tried again with the next stanza, not minutes later.
constexpr auto ejabberd_joined =
    R"(  - {port: @SERVERS@, ip: 127.0.0.1, module: ejabberd_s2s_in, shaper: none}
s2s_use_starttls: false
s2s_max_retry_delay: 1
outgoing_s2s_port: @OTHER@
outgoing_s2s_families: [ipv4]
)";

// Nobody is asked where other domains are: localhost is known, and what answers for the others is
// put where answers are kept.
constexpr auto ejabberd_names = R"({lookup, [file]}.
{resolv_conf, ""}.
{hosts_file, ""}.
)";

constexpr auto prosody_copies = R"(, "carbons", "mam")";
constexpr auto ejabberd_copies = R"(  mod_carboncopy: {}
  mod_mam: {default: always}
)";

/// Each between the two texts, parted by commas.
std::string listed(const std::vector<std::string>& words, const std::string& before,
                   const std::string& behind) {
  std::string out;
  for (const std::string& word : words)
    out.append(out.empty() ? "" : ", ").append(before).append(word).append(behind);
  return out;
}

// Without a node name there is no epmd, no cookie and nothing that listens but what is configured.
constexpr auto ejabberd_commands =
    "lists:foreach(fun(D) -> ok = inet_db:add_rr(\"_xmpp-server._tcp.\" ++ D, in, srv, 100000, "
    "{0, 0, @OTHER@, \"localhost\"}) end, [@NAMES@]), "
    "lists:foreach(fun(U) -> _ = ejabberd_auth:try_register(U, <<\"@DOMAIN@\">>, "
    "<<\"@PASSWORD@\">>) end, [@USERS@]), "
    "ok = file:write_file(\"@DIR@/ready\", <<>>).";

child start_prosody(const std::string& dir, const std::string& domain,
                    const std::vector<std::pair<std::string, std::string>>& values) {
  write_file(dir + "/mod_one_other.lua", prosody_module);
  write_file(dir + "/prosody.cfg.lua", filled(prosody_configuration, values));
  const auto accounts = dir + "/data/" + filled(domain, {{".", "%2e"}}) + "/accounts/";
  for (const std::string& user : users)
    write_file(accounts + filled(user, {{"-", "%2d"}}) + ".dat",
               "return { [\"password\"] = \"" + password + "\"; };\n");
  fs::create_directories(dir + "/certs");
  write_file(dir + "/ready", "");
  return {{"prosody", "-F", "--config", dir + "/prosody.cfg.lua"}, dir, dir + "/server.out"};
}

child start_ejabberd(const std::string& dir, const std::string& library,
                     const std::vector<std::pair<std::string, std::string>>& values) {
  write_file(dir + "/ejabberd.yml", filled(ejabberd_configuration, values));
  write_file(dir + "/names", filled(ejabberd_names, values));
  fs::create_directories(dir + "/spool");
  const child::variables with{{"EJABBERD_CONFIG_PATH", dir + "/ejabberd.yml"},
                              {"EJABBERD_LOG_PATH", dir + "/ejabberd.log"},
                              {"EJABBERD_PID_PATH", dir + "/ejabberd.pid"},
                              {"ERL_CRASH_DUMP", dir + "/crash"},
                              {"ERL_INETRC", dir + "/names"},
                              {"ERL_LIBS", library},
                              {"HOME", dir}};
  return {{"erl", "+K", "true", "+S", "2", "-noinput", "-mnesia", "dir", '"' + dir + "/spool\"",
           "-s", "ejabberd", "-eval", filled(ejabberd_commands, values)},
          dir,
          dir + "/server.out",
          with};
}

/// The folder in which ejabberd's own folder stands.
std::optional<std::string> ejabberd_library() {
  if (!program("erl")) return std::nullopt;
  for (const auto& folder : fs::directory_iterator("/usr/lib")) {
    if (!folder.is_directory()) continue;
    for (const auto& inner : fs::directory_iterator(folder.path()))
      if (inner.path().filename().string().starts_with("ejabberd-")) return folder.path().string();
  }
  return std::nullopt;
}

bool takes_connections(unsigned short port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  const bool good = ::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  ::close(fd);
  return good;
}

}  // namespace

void start_again(server_process& of) {
  const bool is_prosody = of.kind == "prosody";
  const bool alone = of.servers == 0;
  const std::vector<std::pair<std::string, std::string>> values{
      {"@OTHERS@", is_prosody ? (alone ? prosody_alone : prosody_joined)
                              : (alone ? ejabberd_alone : ejabberd_joined)},
      {"@SERVERS@", alone ? "" : std::to_string(of.servers)},
      {"@JOINED@", alone        ? ""
                   : is_prosody ? R"(, "dialback", "one_other")"
                                : "  mod_s2s_dialback: {}\n"},
      {"@OTHER@", std::to_string(of.other)},
      {"@DOMAIN@", of.domain},
      {"@DIR@", of.dir},
      {"@CLIENTS@", std::to_string(of.clients)},
      {"@COMPONENTS@", std::to_string(of.components)},
      {"@PASSWORD@", password},
      {"@SECRET@", component_secret},
      {"@NAMES@", listed({elsewhere, relay_address}, "\"", "\"")},
      {"@USERS@", listed(users, "<<\"", "\">>")},
      {"@COPIES@", !of.copies   ? ""
                   : is_prosody ? prosody_copies
                                : ejabberd_copies}};
  fs::remove(of.dir + "/ready");
  of.process = is_prosody ? start_prosody(of.dir, of.domain, values)
                          : start_ejabberd(of.dir, *ejabberd_library(), values);
}

std::optional<server_process> start_server(const std::string& kind, const std::string& dir,
                                           bool copies) {
  server_process of;
  of.kind = kind;
  of.dir = dir;
  of.copies = copies;
  return start_server(std::move(of));
}

std::optional<server_process> start_server(server_process of) {
  if (of.kind == "prosody" ? !program("prosody") : !ejabberd_library()) return std::nullopt;
  fs::create_directories(of.dir);
  do of.clients = free_port();
  while (of.clients == of.servers);
  do of.components = free_port();
  while (of.components == of.clients || of.components == of.servers);
  start_again(of);
  return of;
}

bool is_ready(const server_process& of) {
  return fs::exists(of.dir + "/ready") && takes_connections(of.clients) &&
         takes_connections(of.components) && (of.servers == 0 || takes_connections(of.servers));
}

}  // namespace real
