// Vidimus: verified messaging over XMPP. SPDX-License-Identifier: BSL-1.0
#ifndef VIDIMUS_VERSION_HPP
#define VIDIMUS_VERSION_HPP

/// The only place the version is written. CMake reads these three lines; see tests/tidy.
#define VIDIMUS_VERSION_MAJOR 0
#define VIDIMUS_VERSION_MINOR 1
#define VIDIMUS_VERSION_PATCH 0

/// The versioned inline namespace: two releases linked into one program do not meet by accident.
#define VIDIMUS_ABI_JOIN_(major, minor) v##major##_##minor
#define VIDIMUS_ABI_NAME_(major, minor) VIDIMUS_ABI_JOIN_(major, minor)
#define VIDIMUS_ABI VIDIMUS_ABI_NAME_(VIDIMUS_VERSION_MAJOR, VIDIMUS_VERSION_MINOR)

namespace vidimus::inline VIDIMUS_ABI {

/// The version of these headers, as in "0.1.0": major, minor, patch.
struct version_number {
  int major_part;
  int minor_part;
  int patch_part;
};

inline constexpr version_number version{VIDIMUS_VERSION_MAJOR, VIDIMUS_VERSION_MINOR,
                                        VIDIMUS_VERSION_PATCH};

}  // namespace vidimus::inline VIDIMUS_ABI

#endif
