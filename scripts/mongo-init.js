// Runs in mongosh as the service mongo-init of docker-compose.yml, at every `docker compose up`: initiates the
// replica set when it is not, and gives the application a user of its own that can do nothing outside its database.
/* global Mongo, print, quit, sleep */

const SET = 'svodka';
const HOST = 'mongo:27017';
const DATABASE = 'svodka';
const NOT_YET_INITIALIZED = 94;
const PRIMARY_WITHIN_S = 60;

const root = encodeURIComponent(process.env.MONGO_ROOT_PASSWORD);
const server = new Mongo(`mongodb://root:${root}@${HOST}/?directConnection=true&authSource=admin`);
const admin = server.getDB('admin');

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.code !== NOT_YET_INITIALIZED) throw error;
  // The one member is named by the host that the application uses; drivers connect to what is written here.
  admin.adminCommand({ replSetInitiate: { _id: SET, members: [{ _id: 0, host: HOST }] } });
  print(`replica set ${SET} initiated`);
}

for (let second = 0; !admin.hello().isWritablePrimary; second++) {
  if (second === PRIMARY_WITHIN_S) {
    print('no primary was elected');
    quit(1);
  }
  sleep(1000);
}

const application = server.getDB(DATABASE);
const rights = { pwd: process.env.MONGO_APP_PASSWORD, roles: [{ role: 'readWrite', db: DATABASE }] };
if (application.getUser('svodka')) {
  application.updateUser('svodka', rights); // a password changed in .env takes effect
} else {
  application.createUser({ user: 'svodka', ...rights });
  print('database user svodka made');
}
