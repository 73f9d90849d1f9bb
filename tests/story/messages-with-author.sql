CREATE TABLE messages (
  page BIGINT UNSIGNED NOT NULL,
  time_created_ns BIGINT UNSIGNED NOT NULL,
  message VARCHAR(10000),
  author VARCHAR(100),
  PRIMARY KEY (page, time_created_ns)
);
