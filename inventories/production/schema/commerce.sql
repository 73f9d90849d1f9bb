CREATE TABLE customer (
  customer_id BIGINT NOT NULL,
  email VARBINARY(128) NOT NULL,
  PRIMARY KEY (customer_id)
);

CREATE TABLE orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  price BIGINT NOT NULL,
  PRIMARY KEY (order_id)
);
