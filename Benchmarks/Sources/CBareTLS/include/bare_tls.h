#ifndef TRAWL_BARE_TLS_H
#define TRAWL_BARE_TLS_H

struct bare_pull_result {
    long long bytes;
    double seconds;
    char error[256];
};

/// Logs in, opens the mailbox, asks for every message whole, and reads until the command ends, looking at nothing but
/// that: as fast as a client over OpenSSL can be. Certificates are not checked. 0 where it went well.
int bare_pull(const char *host, int port, const char *user, const char *password, const char *mailbox, const char *items,
              struct bare_pull_result *result);

#endif
