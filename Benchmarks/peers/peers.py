"""peers.py - the tools compared, behind one small interface, and helpers shared by the bench scripts.

A peer has: name, setup(work, maildir), index() -> argv lists run in order, noop() -> argv lists,
search(q, limit) -> argv, count(q) -> argv or None, ids(q) -> set of Message-IDs, db() -> index paths.
To plug Trawl in, fill in class Trawl (env TRAWL_BIN names the binary) and run the same scripts.
"""
import glob, json, os, re, resource, shutil, statistics, subprocess, sys, tempfile, time

ENV = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
BENCH = os.environ.get("TRAWL_BENCH_DIR") or tempfile.mkdtemp(prefix="trawlbench.")

def run(argv, env=None, out=subprocess.DEVNULL, cwd=None):
    """Run one process; return (wall s, user+sys s, max RSS kB, exit code). Children it waited for count too."""
    t = time.perf_counter()
    p = subprocess.Popen(argv, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=env or ENV, cwd=cwd)
    _, st, ru = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(st)
    return time.perf_counter() - t, ru.ru_utime + ru.ru_stime, ru.ru_maxrss, p.returncode

def output(argv, env=None):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=env or ENV).stdout.decode("utf-8", "replace")

def du(path):
    """(apparent bytes, allocated bytes)"""
    a = b = 0
    for r, _, fs in os.walk(path):
        for f in fs:
            s = os.lstat(os.path.join(r, f)); a += s.st_size; b += s.st_blocks * 512
    if os.path.isfile(path): s = os.stat(path); a, b = s.st_size, s.st_blocks * 512
    return a, b

def dovecot_cpu():
    """user+sys seconds of the private Dovecot's live processes (users trawlbench, dovenull, dovecot)"""
    import pwd
    uids = set()
    for u in ("trawlbench", "dovenull", "dovecot"):
        try: uids.add(pwd.getpwnam(u).pw_uid)
        except KeyError: pass
    t = 0
    for d in os.listdir("/proc"):
        if d.isdigit():
            try:
                if os.stat("/proc/" + d).st_uid in uids:
                    f = open(f"/proc/{d}/stat").read().rsplit(")", 1)[1].split(); t += int(f[11]) + int(f[12])
            except OSError: pass
    return t / os.sysconf("SC_CLK_TCK")

# name -> per-peer query syntax. truth: key in truth.json needles, None = no exact truth
Q = {
 "rare":    dict(q="zyzzogeton", imap=["TEXT zyzzogeton"], truth="rare"),
 "common":  dict(q="quarterly", imap=["TEXT quarterly"], truth="common"),
 "and2":    dict(q="harvest and ledger", fts5="harvest AND ledger", mairix=["harvest", "ledger"], imap=["TEXT harvest TEXT ledger"], truth="and2"),
 "phrase":  dict(q='"blue lighthouse keeper"', mairix=None, imap=['TEXT "blue lighthouse keeper"'], truth="phrase"),
 "from":    dict(q="from:marisol.quintana@corp.example", fts5='hfrom : "marisol.quintana@corp.example"', mairix=["f:marisol.quintana@corp.example"], imap=['FROM "marisol.quintana@corp.example"'], truth="from"),
 "date":    dict(q="date:2024-03-01..2024-03-31", mu="date:20240301..20240331", mairix=["d:20240301-20240331"], fts5=None, imap=["SENTSINCE 1-Mar-2024 SENTBEFORE 1-Apr-2024"], truth="date_2024_03"),
 "subj*":   dict(q="subject:migrat*", fts5="subject : migrat*", mairix=["s:^migrat="], imap=["SUBJECT migrat"], truth="subject_migrat"),
 "not":     dict(q="harvest and not ledger", fts5="harvest NOT ledger", mairix=["harvest", "~ledger"], imap=["TEXT harvest NOT TEXT ledger"], truth="not"),
 "pre*":    dict(q="har*", mairix=["^har="], imap=["TEXT har"], truth=None),
 "accent":  dict(q="cancion nueva", notmuch="cancion and nueva", mu="cancion and nueva", fts5="cancion AND nueva", mairix=["cancion", "nueva"], imap=["TEXT cancion TEXT nueva"], truth="accent"),
 "cjk":     dict(q="会議", imap=["TEXT 会議"], truth="cjk_ja"),
 "nohit":   dict(q="xqzwvkjh", imap=["TEXT xqzwvkjh"], truth=""),
}
# needles only for the correctness table: query text -> truth key
CORRECT = {
 "rare": ("zyzzogeton", "rare"), "phrase": ('"blue lighthouse keeper"', "phrase"), "phrase over flowed line": ('"silver marmot parade"', "flowed_phrase"),
 "QP soft break in word": ("incandescence", "qp_split"), "base64 text body": ("carbuncle", "b64body"),
 "accent typed plain (cancion)": ("cancion", "accent"), "accent typed exact (canción)": ("canción", "accent"), "smorgasbord for Smörgåsbord": ("smorgasbord", "accent_de"),
 "CJK ja 会議 (all)": ("会議", "cjk_ja"), "CJK ja iso-2022-jp": ("会議", "cjk_ja_iso-2022-jp"), "CJK ja shift_jis": ("会議", "cjk_ja_shift_jis"), "CJK zh 发票 (all)": ("发票", "cjk_zh"), "CJK zh gb2312": ("发票", "cjk_zh_gb2312"),
 "Cyrillic договор (all)": ("договор", "cyr"), "Cyrillic koi8-r": ("договор", "cyr_koi8-r"), "Cyrillic windows-1251": ("договор", "cyr_windows-1251"),
 "HTML-only message": ("ornithopter", "htmlonly"), "HTML entity (vértigo)": ("vértigo", "html_entity"), "HTML inline tag in word": ("pterodactyl", "html_inline_split"), "CSS word must not hit": ("stylegoblin", ""),
 "RFC 2047 subject": ("subject:übermittlung", "subject_2047"), "From accent plain": ("from:begona", "from_accent"),
 "attachment file name": ("ATT:plesiosaur", "attach_name"), "text/csv attachment content": ("brontoscope", "attach_text"), "nested message/rfc822": ("hippogriff", "nested_rfc822"),
}

class Notmuch:
    name = "notmuch"
    def __init__(s, cjk=False): s.cjk = cjk; s.name = "notmuch" + ("+cjk" if cjk else "")
    def setup(s, work, mail):
        s.w = os.path.join(work, s.name); shutil.rmtree(s.w, True); os.makedirs(s.w + "/db"); c = s.w + "/config"
        open(c, "w").write(f"[database]\npath={s.w}/db\nmail_root={os.path.abspath(mail)}\n[user]\nname=b\nprimary_email=me@example.org\n[new]\ntags=unread\nignore=dovecot.index;dovecot.index.cache;dovecot.index.log;dovecot-uidlist;dovecot-keywords;dovecot.list.index;dovecot.list.index.log;dovecot.mailbox.log;.mbsyncstate;.uidvalidity\n[search]\nexclude_tags=\n[maildir]\nsynchronize_flags=true\n")
        s.env = dict(ENV, NOTMUCH_CONFIG=c); s.env.pop("NOTMUCH_DATABASE", None)
        if s.cjk: s.env["XAPIAN_CJK_NGRAM"] = "1"
    def index(s): return [["notmuch", "new", "--quiet", "--no-hooks"]]
    noop = index
    def t(s, k): return Q[k].get("notmuch", Q[k]["q"])
    def search(s, q, limit=20): return ["notmuch", "search", "--sort=newest-first"] + ([f"--limit={limit}"] if limit else ["--output=messages"]) + [q]
    def count(s, q): return ["notmuch", "count", q]
    def ids(s, q):
        if q.startswith("ATT:"): q = "attachment:" + q[4:]
        return {l[3:] for l in output(["notmuch", "search", "--output=messages", q], s.env).split("\n") if l}
    def db(s): return s.w + "/db"

class Mu:
    def __init__(s, cjk=False): s.cjk = cjk; s.name = "mu" + ("+cjk" if cjk else "")
    def setup(s, work, mail):
        s.w = os.path.join(work, s.name); shutil.rmtree(s.w, True); os.makedirs(s.w); s.mail = os.path.abspath(mail)
        s.env = dict(ENV); s.h = f"--muhome={s.w}/db"
        if s.cjk: s.env["XAPIAN_CJK_NGRAM"] = "1"
    def index(s): return [["mu", "init", s.h, "--maildir=" + s.mail, "--my-address=me@example.org"], s.noop()[0]]
    def noop(s): return [["mu", "index", s.h, "--quiet"]]
    def t(s, k): return Q[k].get("mu", Q[k]["q"])
    def search(s, q, limit=20): return ["mu", "find", s.h, "--sortfield=date", "--reverse", "--fields=d f s"] + ([f"--maxnum={limit}"] if limit else []) + [q]
    def count(s, q): return None
    def ids(s, q):
        if q.startswith("ATT:"): q = "file:%s*" % q[4:]
        return {l for l in output(["mu", "find", s.h, "--fields=i", q], s.env).split("\n") if l}
    def db(s): return s.w + "/db"

class Mairix:
    name = "mairix"
    def setup(s, work, mail):
        s.w = os.path.join(work, s.name); shutil.rmtree(s.w, True); os.makedirs(s.w); s.rc = s.w + "/rc"; s.mail = os.path.abspath(mail)
        fold = ":".join(sorted({os.path.relpath(os.path.dirname(d), s.mail) for d in glob.glob(s.mail + "/**/cur", recursive=True) + glob.glob(s.mail + "/.*/cur")}))
        open(s.rc, "w").write(f"base={s.mail}\nmaildir={fold}\nmformat=maildir\nmfolder={s.w}/hits\ndatabase={s.w}/db\n"); s.env = ENV; s.map = {}
    def index(s): return [["mairix", "-f", s.rc]]
    noop = index
    def t(s, k): return Q[k].get("mairix", [Q[k]["q"]])
    def search(s, q, limit=20): return ["mairix", "-f", s.rc, "-r"] + (q if isinstance(q, list) else [q])
    def count(s, q): return None
    def ids(s, q):
        if isinstance(q, str):
            if q.startswith("ATT:"): q = "n:%s=" % q[4:]
            q = [q.replace("subject:", "s:").replace("from:", "f:")]
        r = set()
        for p in output(["mairix", "-f", s.rc, "-r"] + q).split("\n"):
            if p:
                if p not in s.map: s.map[p] = re.search(rb"(?im)^message-id: <([^>]+)>", open(p, "rb").read(65536)).group(1).decode()
                r.add(s.map[p])
        return r
    def db(s): return s.w + "/db"

class Trawl:
    name = "trawl"
    def __init__(s): s.bin = os.environ.get("TRAWL_BIN", "trawl")
    def setup(s, work, mail):
        s.w = os.path.join(work, s.name); shutil.rmtree(s.w, True); os.makedirs(s.w); s.mail = os.path.abspath(mail)
        s.env = dict(ENV, TRAWL_DATA=s.w + "/data", TRAWL_CONFIG=s.w + "/config.toml", TRAWL_SOCKET=s.w + "/socket"); open(s.w + "/config.toml", "w").close()
    def index(s): return [[s.bin, "import", "--quiet", s.mail]]
    noop = index
    def t(s, k): return Q[k]["q"]
    def search(s, q, limit=20): return [s.bin, "search", "--limit", str(limit), q] if limit else [s.bin, "search", "--no-snippets", q]
    def count(s, q): return [s.bin, "count", q]
    def ids(s, q):
        if q.startswith("ATT:"): q = "attachment:" + q[4:]
        return {l for l in output([s.bin, "search", "--format", "message-ids", q], s.env).split("\n") if l}
    def db(s): return s.w + "/data"

ALL = {"notmuch": Notmuch, "notmuch+cjk": lambda: Notmuch(True), "mu": Mu, "mu+cjk": lambda: Mu(True), "mairix": Mairix}
if shutil.which(os.environ.get("TRAWL_BIN", "trawl")) and hasattr(Trawl, "setup"): ALL["trawl"] = Trawl
med = statistics.median
def peers(default): return {n: ALL[n]() for n in (sys.argv[2].split(",") if len(sys.argv) > 2 else default)}
