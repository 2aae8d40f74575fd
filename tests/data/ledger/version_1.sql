CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT, begun INTEGER NOT NULL,
    version TEXT NOT NULL);
CREATE TABLE request (
    session INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, class INTEGER,
    language INTEGER NOT NULL, workspace INTEGER NOT NULL, invoked INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL, decided_us INTEGER NOT NULL, called_us INTEGER,
    answered_us INTEGER NOT NULL, tier INTEGER, origin INTEGER, model INTEGER, silence INTEGER,
    chars INTEGER NOT NULL, fate INTEGER NOT NULL, chars_taken INTEGER NOT NULL,
    PRIMARY KEY (session, number)) WITHOUT ROWID;
CREATE TABLE call (
    id INTEGER PRIMARY KEY, session INTEGER NOT NULL, number INTEGER NOT NULL,
    at INTEGER NOT NULL, class INTEGER, language INTEGER NOT NULL, workspace INTEGER NOT NULL,
    tier INTEGER NOT NULL, model INTEGER NOT NULL, input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
    cache_write_long INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
    is_estimate INTEGER NOT NULL, cost_pico INTEGER, first_text_us INTEGER,
    took_us INTEGER NOT NULL, ended INTEGER NOT NULL, calls INTEGER NOT NULL);
CREATE TABLE booked (
    tier TEXT NOT NULL, period TEXT NOT NULL, counted TEXT NOT NULL, start INTEGER NOT NULL,
    amount INTEGER NOT NULL, PRIMARY KEY (tier, period, counted, start)) WITHOUT ROWID;
CREATE TABLE dropped (what TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO name VALUES (1,'line'),(2,'rust'),(3,'fast'),(4,'codestral'),(5,'model'),
    (6,'accepted'),(7,'answered'),(8,'local'),(9,''),(10,'shown');
INSERT INTO session VALUES (1, 1795305600000, '0.1.0');
INSERT INTO request VALUES (1,1,1795305601000,1,2,77,0,200,150,30000,160000,3,5,4,NULL,12,6,12);
INSERT INTO request VALUES (1,2,1795305602000,1,2,77,0,200,150,NULL,1600,8,8,9,NULL,4,10,0);
INSERT INTO call VALUES (1,1,1,1795305601030,1,2,77,3,4,1000,2000,0,0,100,0,0,450000000,
    90000,130000,7,1);
INSERT INTO booked VALUES ('all','day','money',1795305600,450000000),
    ('all','month','money',1793491200,450000000),('fast','day','money',1795305600,450000000),
    ('fast','month','money',1793491200,450000000);
PRAGMA application_id = 1415668300;
PRAGMA user_version = 1;
