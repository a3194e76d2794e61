-- Run once, when the PostgreSQL container is new: the roles that `npm start` makes on the embedded server.
-- hermes_owner owns the schema and runs migrations; hermes_edge is what edge and worker log in as (row-level security applies).
create role hermes_owner login createrole password 'hermes_owner';
create database hermes owner hermes_owner;
create role hermes_app nologin;
create role hermes_edge login password 'hermes_edge' in role hermes_app;
